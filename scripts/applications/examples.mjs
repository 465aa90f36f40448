import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every folder of `examples`, as it is, with the packed archives instead of the published packages. */
export const EXAMPLES = Object.fromEntries(
  readdirSync('examples').map((name) => [
    name,
    async (application) => {
      application.copy(join('examples', name));
      await application.install('npm install nestjs-dfns-auth dfns-sandbox');
      await application.run('npm test');
    },
  ]),
);
