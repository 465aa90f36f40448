/**
 * One replica of an application, in its own process, with the built package. The parent process sends the time and
 * usernames. The replica gets a token for each user, and sends the results back.
 */
import 'reflect-metadata';
import KeyvRedis from '@keyv/redis';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { DelegatedAuthService, DfnsAuthModule, KeyvTokenStore } from 'nestjs-dfns-auth';

const { options, redisUrl, sealing } = JSON.parse(process.env['REPLICA']);
let now = 0;

const keyv = new Keyv(new KeyvRedis(redisUrl));
const store = new KeyvTokenStore(keyv, sealing);
const context = await Test.createTestingModule({
  imports: [DfnsAuthModule.forRoot({ ...options, tokens: { ...options.tokens, store } })],
})
  .overrideProvider(Symbol.for('nestjs-dfns-auth/clock'))
  .useValue(() => now)
  .compile();
const service = context.get(DelegatedAuthService);

process.on('message', async (message) => {
  now = message.now;
  const calls = message.usernames.map((username) => service.getToken(username));
  const results = await Promise.allSettled(calls);
  process.send(results.map(({ value, reason }) => ({ token: value, failure: reason?.code ?? reason?.message })));
});
process.on('disconnect', async () => {
  await context.close();
  await keyv.disconnect();
});
process.send('ready');
