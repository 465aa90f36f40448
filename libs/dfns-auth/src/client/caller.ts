/** In whose name a request is made; decides what a refusal means. */
export type Caller = 'serviceAccount' | 'user' | 'temporary';

/** Which part of a signed call a request is: asking for a challenge, answering it, or the call itself. */
export type Step = 'init' | 'exchange' | 'call';
