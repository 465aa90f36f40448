import { Bounded } from './bounded.js';
import { Optional, Text, TextsLike } from './rules.js';
import { Example } from './schema.js';
import type { StandardSchema } from './standard-schema.js';

/** The form of a name such as `Wallets:Read`. Dfns knows which names there are. */
const OPERATION = '^[A-Za-z]+(?::[A-Za-z]+)+$';

/** Body of `POST /permissions` (dfns-api 14.4). */
@Bounded
export class NewPermissionDto {
  declare static readonly '~standard': StandardSchema<NewPermissionDto>;

  /** No two permissions have the same name, archived ones included. */
  @Text(100)
  @Example('Readers')
  name!: string;

  /** Names of operations, such as `Wallets:Read` (dfns-api 14.1). */
  @TextsLike(500, 100, OPERATION)
  @Example(['Wallets:Read'])
  operations!: string[];
}

/** Body of `PUT /permissions/{id}` (dfns-api 14.4). */
@Bounded
export class PermissionChangesDto {
  declare static readonly '~standard': StandardSchema<PermissionChangesDto>;

  @Optional()
  @Text(100)
  @Example('Readers')
  name?: string;

  /** Replaces all operations. */
  @Optional()
  @TextsLike(500, 100, OPERATION)
  @Example(['Wallets:Read'])
  operations?: string[];
}
