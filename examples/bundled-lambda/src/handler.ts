import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { DfnsAuthModule, DfnsClient, DfnsError } from 'nestjs-dfns-auth';

const { env } = process;

/** One context for all requests of this instance of the function: tokens and connections are kept. */
const context = NestFactory.createApplicationContext(
  DfnsAuthModule.forRoot({
    baseUrl: env['DFNS_API_URL'],
    orgId: env['DFNS_ORG_ID'],
    serviceAccount: {
      authToken: () => env['DFNS_AUTH_TOKEN'] ?? '',
      credential: { credId: () => env['DFNS_CRED_ID'] ?? '', privateKey: () => env['DFNS_PRIVATE_KEY'] ?? '' },
    },
  }),
  { logger: ['warn', 'error'] },
);

/** What your authorizer found out about the caller. */
interface Event {
  requestContext: { authorizer: { principalId: string } };
}

export async function handler(event: Event): Promise<{ statusCode: number; body: string }> {
  const dfns = (await context).get(DfnsClient);
  const username = event.requestContext.authorizer.principalId;
  try {
    const wallets = await dfns.request({ method: 'GET', path: '/wallets', caller: { username } });
    return { statusCode: 200, body: JSON.stringify(wallets) };
  } catch (error) {
    if (!(error instanceof DfnsError)) throw error;
    return { statusCode: error.code === 'DFNS_USER_NOT_FOUND' ? 404 : 502, body: JSON.stringify({ code: error.code }) };
  }
}
