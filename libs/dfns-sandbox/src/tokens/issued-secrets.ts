import { Injectable } from '@nestjs/common';

/** All secrets that left the sandbox. A test can search logs and answers for them. */
@Injectable()
export class IssuedSecrets {
  readonly all: string[] = [];

  add(secret: string): string {
    this.all.push(secret);
    return secret;
  }
}
