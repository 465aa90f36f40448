import { Injectable } from '@nestjs/common';

/** Every secret that ever left the sandbox, so that test suites can look for them where they must not be. */
@Injectable()
export class IssuedSecrets {
  readonly all: string[] = [];

  add(secret: string): string {
    this.all.push(secret);
    return secret;
  }
}
