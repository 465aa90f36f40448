/** A word of Dfns's paths. Whatever else stands between slashes is an id, or was given by somebody. */
const WORD = /^[a-z]+(-[a-z]+)*$/;
/** `us-6b58p-r53sr-…`: an id whose characters happen to be letters looks like words. */
const ID = /^[a-z]{2,4}-[a-z0-9]{5}-/;

/** `GET /wallets/wa-…` as `GET /wallets/{id}`: few enough for metrics, and without anybody's id. */
export function operationTemplate(operation: string): string {
  return operation
    .split('/')
    .map((part, at) => (at === 0 || (WORD.test(part) && !ID.test(part)) ? part : '{id}'))
    .join('/');
}
