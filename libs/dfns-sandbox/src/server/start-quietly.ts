import { Logger, type LoggerService } from '@nestjs/common';

const voice = Logger as unknown as { staticInstanceRef?: LoggerService };
let starting = 0;
let silenced: LoggerService | undefined;

/**
 * Runs `start` without a word from Nest. Nest's logger belongs to the process, and `logger: false` would silence the
 * application that embeds the sandbox for good; so the logger is given back afterwards, by the last of several starts.
 */
export async function startQuietly<T>(start: () => Promise<T>): Promise<T> {
  if (starting === 0) silenced = voice.staticInstanceRef;
  starting += 1;
  Logger.overrideLogger(false);
  try {
    return await start();
  } finally {
    starting -= 1;
    if (starting === 0 && voice.staticInstanceRef === undefined) voice.staticInstanceRef = silenced;
  }
}
