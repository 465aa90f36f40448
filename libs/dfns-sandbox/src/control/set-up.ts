import type { SandboxConfig } from '../configuration/sandbox-config.js';
import { FAULTS, faultBody } from '../faults/fault-table.js';
import { RESET_WORDS } from './control-routes.js';
import type { Action, Section } from './section.js';

/** What the console needs to draw itself: the sections with their columns and buttons, and the kinds of faults. */
export function setUp({ orgId }: SandboxConfig, sections: Section[]): object {
  return {
    orgId,
    resetWords: RESET_WORDS,
    sections: sections.map(({ name, title, words, empty, columns, create, actions = {} }) => ({
      name,
      title,
      words,
      empty,
      columns,
      create: create && drawn(create),
      actions: Object.fromEntries(Object.entries(actions).map(([action, described]) => [action, drawn(described)])),
    })),
    faults: Object.entries(FAULTS).map(([kind, { words, handler }], index) => ({
      kind,
      words,
      handler,
      schema: (faultBody.schema as { oneOf: object[] }).oneOf[index],
    })),
  };
}

const drawn = ({ label, words, body, form, isFinal = false }: Action) => ({
  label,
  words,
  isFinal,
  form,
  schema: body?.schema,
});
