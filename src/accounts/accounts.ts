import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ConflictException, Injectable } from '@nestjs/common';

const hash = promisify<string, Buffer, number, Buffer>(scrypt);
const HASH_BYTES = 32;
/** Compared if there is no account, so that the time does not show whether there is one. */
const NOBODY = { salt: randomBytes(16), passwordHash: randomBytes(HASH_BYTES) };

/** An account of this application. */
export interface Account {
  email: string;
  /** The user's name at Dfns. It is made here, never taken from a request. */
  username: string;
}

interface StoredAccount extends Account {
  salt: Buffer;
  passwordHash: Buffer;
}

/** The accounts of this application, in memory. In production, keep them in a database. */
@Injectable()
export class Accounts {
  readonly #accounts = new Map<string, StoredAccount>();

  async create(email: string, password: string): Promise<Account> {
    const key = email.toLowerCase();
    const salt = randomBytes(16);
    const passwordHash = await hash(password, salt, HASH_BYTES);
    if (this.#accounts.has(key)) throw new ConflictException('There is an account with this e-mail address.');
    const account = { email: key, username: randomUUID(), salt, passwordHash };
    this.#accounts.set(key, account);
    return account;
  }

  /** The account, if the password is right. */
  async authenticate(email: string, password: string): Promise<Account | undefined> {
    const account = this.#accounts.get(email.toLowerCase());
    const { salt, passwordHash } = account ?? NOBODY;
    const isRight = timingSafeEqual(await hash(password, salt, HASH_BYTES), passwordHash);
    return isRight ? account : undefined;
  }
}
