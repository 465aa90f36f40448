import type { CredentialSigner } from '../credentials/credential-signer.js';
import type {
  CeremoniesOptions,
  DfnsAuthModuleOptions,
  HttpOptions,
  LegacyOptions,
  TokensOptions,
} from './dfns-auth-options.js';

/** Injection token of the {@link DfnsAuthConfig}. Internal: everything inside reads it and nothing writes a default. */
export const DFNS_AUTH_CONFIG = Symbol.for('nestjs-dfns-auth/config');

/** The options, completed and checked. Secrets are behind functions and private fields. */
export interface DfnsAuthConfig {
  /** Without a slash at the end. */
  baseUrl: string;
  orgId?: string;
  /** The token of the service account, checked each time it is fetched. */
  authToken: () => Promise<string>;
  signer: CredentialSigner;
  http: Required<HttpOptions>;
  tokens: Required<Omit<TokensOptions, 'store'>> & Pick<TokensOptions, 'store'>;
  ceremonies: Required<Omit<CeremoniesOptions, 'store'>> & Pick<CeremoniesOptions, 'store'>;
  identity?: DfnsAuthModuleOptions['identity'];
  legacy: LegacyOptions;
}
