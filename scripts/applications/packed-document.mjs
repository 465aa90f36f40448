import { packedText } from './packing.mjs';

/** What a document in the packed archive tells somebody with a certain version of Nest to do. */
export class PackedDocument {
  #text;
  #nest;

  /** @param nest 10, 11 or 12 */
  constructor(archive, nest, path = 'README.md') {
    this.#text = packedText(archive, path);
    this.#nest = nest;
  }

  /**
   * The `npm install` lines for this version of Nest. A line that names `@nestjs/axios@4` is for Nest 11. Nest 10 needs
   * version 3 of the same packages.
   */
  get installLines() {
    const lines = this.#text.match(/npm install [^`\n]+/g) ?? [];
    return lines
      .filter((line) => !line.includes('@nestjs/axios') || line.includes('@nestjs/axios@4') === this.#isBefore12)
      .map((line) => (this.#nest === 10 ? line.replaceAll(/(@nestjs\/\w+)@4/g, '$1@3') : line));
  }

  /** The TypeScript, as `{ name, text }`. Before Nest 12 imports lose `.js`, if the document says so. */
  get files() {
    const blocks = [...this.#text.matchAll(/^```tsx? (\S+)\n([\s\S]*?)^```/gm)];
    const strips = this.#isBefore12 && /Nest 11[^#]*`\.js`/.test(this.#text);
    return blocks.map(([, name, text]) => ({
      name,
      text: strips ? text.replace(/( from '\.[^']*)\.js'/g, "$1'") : text,
    }));
  }

  /** The commands of the block ` ```sh NAME `. */
  commands(name) {
    const [, text] = new RegExp(`^\`\`\`sh ${name}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(this.#text) ?? [];
    if (text === undefined) throw new Error(`the document has no commands named ${name}`);
    return text.trim();
  }

  get #isBefore12() {
    return this.#nest < 12;
  }
}
