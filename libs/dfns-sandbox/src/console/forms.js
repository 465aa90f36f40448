/** Fields of forms, made from JSON Schema. */

import { h } from './elements.js';

const NAMES = { delegateTo: 'Delegate to', bytesPerSecond: 'Bytes per second', contentType: 'Content type' };
const nameOf = (name) => NAMES[name] ?? name[0].toUpperCase() + name.slice(1);

/** A field with its label and its words. @param prefix keeps the ids of several forms apart */
export function fieldOf(name, schema, isRequired, { prefix = 'field', value = '' } = {}) {
  const id = `${prefix}-${name}`;
  const hint = schema.description && h('small', { id: `${id}-hint` }, schema.description);
  const common = { id, name, required: isRequired, 'aria-describedby': hint ? `${id}-hint` : undefined };
  return h(
    'p',
    { class: 'field' },
    h('label', { for: id }, nameOf(name)),
    controlOf(schema, common, isRequired, value),
    hint,
  );
}

function controlOf({ type, enum: words, minimum, maximum }, common, isRequired, value) {
  const options = words ?? (type === 'boolean' ? ['true', 'false'] : undefined);
  if (options) {
    return h(
      'select',
      common,
      !isRequired && h('option', { value: '' }, 'default'),
      options.map((word) => h('option', { selected: word === value }, word)),
    );
  }
  if (type === 'integer') return h('input', { ...common, type: 'number', min: minimum, max: maximum, value });
  return h('input', { ...common, type: 'text', value, autocomplete: 'off' });
}

/** The values that were filled in, with the types of the schema. Empty fields are left out. */
export function valuesOf(form, schema) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (value === '') continue;
    const { type } = schema.properties[name] ?? {};
    if (type === 'integer') values[name] = Number(value);
    else if (type === 'boolean') values[name] = value === 'true';
    else values[name] = value;
  }
  return values;
}
