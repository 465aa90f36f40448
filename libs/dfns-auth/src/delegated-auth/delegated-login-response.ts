/** Answer of a delegated login: a token that reads as the user, and writes nothing without their signature. */
export interface DelegatedLoginResponse {
  token: string;
}
