import { Injectable } from '@nestjs/common';

/** Your own books: which wallet belongs to whom, and which transfers are confirmed. */
@Injectable()
export class Ledger {
  readonly wallets = new Map<string, string>();
  readonly booked = new Set<string>();
}
