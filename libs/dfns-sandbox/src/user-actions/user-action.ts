/** The intended call that a signature stands for (spec 8.1). */
export interface UserAction {
  method: string;
  /** As it was signed or sent, with or without the query. */
  path: string;
  /** The body's exact text. */
  payload: string;
}

/** Is `request` the call that was signed? */
export function matches(signed: UserAction, request: UserAction): boolean {
  const paths = [request.path, request.path.split('?')[0]];
  return (
    signed.method === request.method &&
    paths.includes(signed.path) &&
    withoutParameters(signed.payload) === withoutParameters(request.payload)
  );
}

/** `{}` and no body say the same (spec 17, row 20). */
const withoutParameters = (payload: string) => (payload === '{}' ? '' : payload);
