/** What a flow is: for its retries, and for those who watch it. */
export interface Flow {
  /** Method and path of what is asked for, e.g. `POST /auth/login/delegated`. */
  operation: string;
  /** Whether it may run again after its last step reached Dfns and failed: reads and logins. */
  repeatable: boolean;
  /** For whom; leaves the process only hashed. */
  username?: string;
}
