/** Sent with every request; Dfns refuses an empty one (spec 2). A spec holds it to the version of the package. */
export const USER_AGENT = 'nestjs-dfns-auth/0.1.0';
