/**
 * One replica of an application, in its own process, with the built package. Its ceremonies are files in a directory that
 * replicas share. The parent process names a method of DelegatedCeremonies and its arguments. The replica calls it, and
 * sends the result or the code of the error back.
 */
import 'reflect-metadata';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { DelegatedCeremonies, DfnsAuthModule, KeyvCeremonyStore } from 'nestjs-dfns-auth';

const { options, directory, sealing } = JSON.parse(process.env['REPLICA']);
const fileOf = (key) => join(directory, encodeURIComponent(key));

/** Keeps each row in a file. */
const files = {
  get: (key) => readFile(fileOf(key), 'utf8').catch(() => undefined),
  set: (key, value) => writeFile(fileOf(key), value),
  delete: (key) =>
    unlink(fileOf(key)).then(
      () => true,
      () => false,
    ),
  clear: async () => {},
};

const store = new KeyvCeremonyStore(new Keyv({ store: files }), sealing);
const context = await Test.createTestingModule({
  imports: [DfnsAuthModule.forRoot({ ...options, ceremonies: { store } })],
}).compile();
const ceremonies = context.get(DelegatedCeremonies);

process.on('message', ({ method, given }) => {
  ceremonies[method](...given).then(
    (result) => process.send({ result }),
    (error) => process.send({ failure: error.code ?? error.message }),
  );
});
process.on('disconnect', () => context.close());
process.send('ready');
