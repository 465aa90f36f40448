import { readFileSync } from 'node:fs';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url), 'utf8'));

/** The published vectors: keys, signatures, registrations, recoveries. */
export const vectors = read('vectors.json');
export const openapi = read('dfns-auth.openapi.json');
export const catalogue = read('error-catalogue.json');
/** Schemas of the answers that the official SDK declares: `npm run sdk-answers` writes them. */
export const sdkAnswers = JSON.parse(readFileSync(new URL('../fixtures/sdk-answers.json', import.meta.url), 'utf8'));
