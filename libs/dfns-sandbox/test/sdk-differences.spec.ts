import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { SandboxConfig } from '../src/configuration/sandbox-config.js';
import { SandboxModule } from '../src/sandbox.module.js';
import { startQuietly } from '../src/server/start-quietly.js';
import { useSandbox } from './support/checked-sandbox.js';
import { sdkAnswers } from './support/fixtures.js';
import { ALWAYS_REFUSED, BEYOND_SDK, EXPLAINED, SDK_DIFFERENCES, textOf } from './support/sdk-differences.js';
import { walkIdentities } from './support/walk-identities.js';
import { walkWallets } from './support/walk-wallets.js';

let passed = 0;
const dfns = useSandbox({ restart: true, now: () => Date.now() + passed });
const sdkRoutes = Object.keys(sdkAnswers.answers);
const routesOf = (explained: typeof BEYOND_SDK) => explained.flatMap(({ routes }) => routes);

let routes: string[];

beforeAll(async () => {
  routes = await routesOfSandbox();
  await walkIdentities(dfns);
  await walkWallets(dfns, (ms) => {
    passed += ms;
  });
});

/** The routes that the web server of the sandbox has, with the names of parameters that the SDK has. */
async function routesOfSandbox(): Promise<string[]> {
  const app = await startQuietly(async () => {
    const created = await NestFactory.create(SandboxModule.forRoot(new SandboxConfig({})));
    return created.init();
  });
  const layers: { route?: { path: string; methods: object } }[] = app.getHttpAdapter().getInstance().router.stack;
  await app.close();
  const found = layers.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => `${method.toUpperCase()} ${route?.path}`),
  );
  const withoutNames = (route: string) => route.replace(/:\w+|\{\w+\}/g, '{}');
  const documented = new Map([...sdkRoutes, ...routesOf(BEYOND_SDK)].map((route) => [withoutNames(route), route]));
  return found.map((route) => documented.get(withoutNames(route)) ?? route);
}

describe('the routes of the sandbox', () => {
  it('are routes of the official SDK, or listed with a reason', () => {
    expect(routes.length).toBeGreaterThan(100);
    expect(routes.filter((route) => !sdkRoutes.includes(route)).sort()).toEqual(routesOf(BEYOND_SDK).sort());
  });

  it('have all answered what a document says, or are listed with a reason', () => {
    expect([...dfns.answered, ...routesOf(ALWAYS_REFUSED)].sort()).toEqual([...routes].sort());
  });
});

describe('the differences from the official SDK', () => {
  it('are the listed ones, and every listed one still occurs', () => {
    expect([...new Set(dfns.differences.map(textOf))].sort()).toEqual([...EXPLAINED].sort());
  });

  it.each(SDK_DIFFERENCES)('are on routes of the SDK: $member $problem', ({ routes }) => {
    for (const route of routes) expect(sdkAnswers.answers).toHaveProperty([route]);
  });

  it.each([...SDK_DIFFERENCES, ...BEYOND_SDK, ...ALWAYS_REFUSED])('have a reason and a fact: $routes', (explained) => {
    expect(readFileSync('docs/dfns-api.md', 'utf8')).toMatch(new RegExp(`^### ${explained.fact} `, 'm'));
    expect(explained.reason).not.toBe('');
  });
});
