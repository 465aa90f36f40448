/** A sandbox in its own thread. So a test does not count its memory, sockets and timers as those of the library. */
import { parentPort, workerData } from 'node:worker_threads';
import { DfnsSandbox } from 'dfns-sandbox';

const sandbox = await DfnsSandbox.start({ keepRequests: 1, strict: true });
for (const username of workerData.usernames) sandbox.createUser({ username });
const account = sandbox.createServiceAccount({});
parentPort.postMessage({ url: sandbox.url, orgId: sandbox.orgId, account });
parentPort.on('message', (fault) => sandbox.faults.add(fault));
