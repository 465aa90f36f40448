import type { TestingModule } from '@nestjs/testing';
import { optionsFor } from './library-instance.js';
import type { World } from './use-sandbox.js';

/** Starts an instance whose service account has these permissions. Returns also the id of the account. */
export async function startManager(
  world: World,
  permissions: string[],
): Promise<{ context: TestingModule; userId: string }> {
  const { userId, authToken, credId, privateKey } = world.sandbox.createServiceAccount({ permissions });
  const serviceAccount = { authToken, credential: { credId, privateKey: privateKey as string } };
  return { context: await world.startInstance(optionsFor(world.sandbox, { serviceAccount })), userId };
}
