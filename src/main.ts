import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { createApplication } from './application.js';
import { DEMO_EMAIL, DEMO_PASSWORD } from './dfns/demo-account.js';
import { DfnsConnection } from './dfns/dfns-connection.js';

const app = await createApplication();
app.enableShutdownHooks();
await app.listen(process.env['PORT'] ?? 3000, 'localhost');

const logger = new Logger('Application');
const { isLocal } = app.get(DfnsConnection);
logger.log(`Serving ${(await app.getUrl()).replace('[::1]', 'localhost').replace('127.0.0.1', 'localhost')}`);
if (isLocal) logger.log(`Dfns is a local sandbox; log in as ${DEMO_EMAIL} with the password ${DEMO_PASSWORD}`);
