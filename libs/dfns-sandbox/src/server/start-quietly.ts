import { Logger, type LoggerService } from '@nestjs/common';

const voice = Logger as unknown as { staticInstanceRef?: LoggerService };
let starting = 0;
let silenced: LoggerService | undefined;

/**
 * Runs `start` while Nest logs nothing. All Nest applications in a process share one logger. The option `logger: false`
 * would turn it off also for the application that uses the sandbox, and would never turn it on again. So this function
 * restores the logger at the end. When several starts run at the same time, the last one to finish restores it.
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
