#!/usr/bin/env node
import { run } from '../dist/commands/run.js';

/** Milliseconds after which the process ends although the system still looks up a name. */
const END_MS = 500;

process.exitCode = await run(process.argv.slice(2));
setTimeout(() => process.exit(), END_MS).unref();
