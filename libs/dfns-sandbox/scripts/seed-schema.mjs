/** Writes the JSON Schema of seed files, which the package ships. The build runs it. */
import { writeFileSync } from 'node:fs';
import 'reflect-metadata';
import { seedSchema } from '../compiled/src/control/seed.js';

writeFileSync(new URL('../dist/seed.schema.json', import.meta.url), `${JSON.stringify(seedSchema(), null, 2)}\n`);
