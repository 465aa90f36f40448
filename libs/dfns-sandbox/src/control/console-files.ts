import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { folder } from '../console/folder.cjs';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The files of the console by their paths below `/_sandbox`. */
const FILES = new Map([
  ['', 'index.html'],
  ['/', 'index.html'],
  ...[
    'base.css',
    'call-details.js',
    'calls.css',
    'calls.js',
    'clock.js',
    'connect.js',
    'console.js',
    'controls.css',
    'dialogs.js',
    'elements.js',
    'faults.js',
    'forms.js',
    'frame.css',
    'icon.svg',
    'lists.css',
    'sections.js',
    'server.js',
  ].map((name): [string, string] => [`/${name}`, name]),
]);

/** No other site may frame the console, and it loads nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The static files of the console. They hold no data of the sandbox. */
@Injectable()
export class ConsoleFiles {
  has(path: string): boolean {
    return FILES.has(path);
  }

  send(path: string, response: ServerResponse): void {
    if (path === '') {
      response.writeHead(302, { location: '/_sandbox/' }).end();
      return;
    }
    const name = FILES.get(path) ?? '';
    response.setHeader('content-type', TYPES[name.split('.').at(-1) ?? ''] ?? '');
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-cache');
    response.end(readFileSync(join(folder, name)));
  }
}
