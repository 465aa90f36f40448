import { packedText } from './packing.mjs';

/** What the packed README tells somebody with a certain version of Nest to do. */
export class Readme {
  #text;
  #nest;

  constructor(archive, nest) {
    this.#text = packedText(archive, 'README.md');
    this.#nest = nest;
  }

  /** The `npm install` lines for this version of Nest. A line that names `@nestjs/axios@4` is for Nest 11. */
  get installLines() {
    const lines = this.#text.match(/npm install [^`\n]+/g) ?? [];
    return lines.filter(
      (line) => !line.includes('@nestjs/axios') || line.includes('@nestjs/axios@4') === (this.#nest === 11),
    );
  }

  /** The TypeScript, as `{ name, text }`. On Nest 11 imports lose `.js`, if the README says so. */
  get files() {
    const blocks = [...this.#text.matchAll(/^```tsx? (\S+)\n([\s\S]*?)^```/gm)];
    const strips = this.#nest === 11 && /Nest 11[^#]*`\.js`/.test(this.#text);
    return blocks.map(([, name, text]) => ({
      name,
      text: strips ? text.replace(/( from '\.[^']*)\.js'/g, "$1'") : text,
    }));
  }

  /** The commands of the block ` ```sh NAME `. */
  commands(name) {
    const [, text] = new RegExp(`^\`\`\`sh ${name}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(this.#text) ?? [];
    if (text === undefined) throw new Error(`the README has no commands named ${name}`);
    return text.trim();
  }
}
