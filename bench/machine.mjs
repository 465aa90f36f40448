import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['nestjs-dfns-auth', '@dfns/sdk', '@dfns/sdk-keysigner', 'undici', 'axios', '@nestjs/core'];

/** The machine and the versions on which the benchmark runs. */
export function machine() {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const hardware = `${cpus()[0].model.trim()}, ${availableParallelism()} cores, ${memory}, ${type()} ${release()}`;
  const versions = PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return `${hardware}\nNode ${process.version}, OpenSSL ${process.versions.openssl}; ${versions}`;
}

function versionOf(name) {
  for (const folder of createRequire(import.meta.url).resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version;
    } catch {
      // Not in this folder: try the parent folder.
    }
  }
  return 'unknown';
}
