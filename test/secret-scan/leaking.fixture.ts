import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DfnsSandbox } from 'dfns-sandbox';

/** A suite that prints a secret in the way that `LEAK` names. secret-scan.spec.ts runs it in a second Jest. */
let sandbox: DfnsSandbox;

beforeAll(async () => {
  sandbox = await DfnsSandbox.start();
});

afterAll(() => sandbox.stop());

const WAYS: Record<string, (authToken: string, privateKey: string) => void> = {
  nothing: () => console.log('eyJhbGciOiJIUzI1NiJ9', 'and the text -----BEGIN PRIVATE KEY-----'),
  console: (token) => console.log({ headers: { authorization: `Bearer ${token}` } }),
  stdout: (token) => void process.stdout.write(`${token}\n`),
  stderr: (token) => void process.stderr.write(`${token.slice(0, 40)}${token.slice(40)}\n`),
  pieces: (token) => {
    for (const piece of token.match(/.{1,50}/g) ?? []) process.stdout.write(piece);
  },
  logger: (token) => new Logger('leaking').error(token),
  pem: (_, key) => console.warn(key),
  assertion: (token) => expect(token).toBe('another'),
};

it('prints', () => {
  const { authToken, privateKey } = sandbox.createServiceAccount({});
  WAYS[process.env['LEAK'] ?? 'nothing']?.(authToken, privateKey as string);
});
