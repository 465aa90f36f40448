import type { DfnsApiClient } from '@dfns/sdk';
import type { CheckedSandbox } from './checked-sandbox.js';
import { signingClient } from './clients.js';
import { newEmployee } from './walk-identities.js';

const TO = `0x${'d'.repeat(40)}`;
const TRANSFER = { kind: 'Native', to: TO, amount: '1' } as const;
const TRANSACTION = { kind: 'Evm', to: TO, value: '1' } as const;
const HASH = { kind: 'Hash', hash: '0x'.padEnd(66, '1') } as const;

/**
 * Calls every route about wallets, keys, webhooks and policies, with the official SDK.
 *
 * @param pass moves the clock of the sandbox on, by milliseconds
 */
export async function walkWallets(dfns: CheckedSandbox, pass: (ms: number) => void): Promise<void> {
  const employee = signingClient(dfns, newEmployee(dfns, 'keeper'));
  await walkOwnWallets(employee);
  await walkKeys(employee);
  await walkDelegations(dfns, employee);
  await walkSignatures(employee);
  const walletId = await walletOf(employee);
  await walkTransfers(dfns, employee, walletId, pass);
  await walkTransactions(dfns, employee, walletId, pass);
  await walkBalances(dfns, employee, walletId);
  await walkWebhooks(dfns, employee, pass);
  await walkPolicies(employee);
}

async function walletOf({ wallets }: DfnsApiClient): Promise<string> {
  return (await wallets.createWallet({ body: { network: 'Ethereum' } })).id;
}

async function walkOwnWallets({ wallets }: DfnsApiClient): Promise<void> {
  const { id: walletId } = await wallets.createWallet({ body: { network: 'Ethereum', name: 'cold', tags: ['a'] } });
  await wallets.listWallets();
  await wallets.getWallet({ walletId });
  await wallets.updateWallet({ walletId, body: { name: 'hot' } });
  await wallets.tagWallet({ walletId, body: { tags: ['b'] } });
  await wallets.untagWallet({ walletId, body: { tags: ['b'] } });
}

async function walkKeys({ keys }: DfnsApiClient): Promise<void> {
  const { id: keyId } = await keys.createKey({ body: { scheme: 'EdDSA', curve: 'ed25519' } });
  await keys.listKeys();
  await keys.getKey({ keyId });
  await keys.updateKey({ keyId, body: { name: 'spare' } });
}

async function walkDelegations({ sandbox }: CheckedSandbox, { wallets, keys }: DfnsApiClient): Promise<void> {
  const { userId } = sandbox.createUser({ username: 'owner' });
  const later = { network: 'Ethereum', delayDelegation: true } as const;
  const { id: walletId } = await wallets.createWallet({ body: later });
  await wallets.delegateWallet({ walletId, body: { userId } });
  const { signingKey } = await wallets.createWallet({ body: later });
  await keys.delegateKey({ keyId: signingKey.id, body: { delegateTo: userId } });
}

/** A signature that was asked for by wallet is read in all ways. */
async function walkSignatures({ wallets, keys }: DfnsApiClient): Promise<void> {
  const { id: walletId, signingKey } = await wallets.createWallet({ body: { network: 'Ethereum' } });
  const keyId = signingKey.id;
  await keys.generateSignature({ keyId, body: HASH });
  const { id: signatureId } = await wallets.generateSignature({ walletId, body: HASH });
  await wallets.listSignatures({ walletId });
  await wallets.getSignature({ walletId, signatureId });
  await keys.listSignatures({ keyId });
  await keys.getSignature({ keyId, signatureId });
}

/** One after the other is asked for, and gets ready for abort, cancel, speed-up. */
async function walkTransfers(
  { sandbox }: CheckedSandbox,
  { wallets }: DfnsApiClient,
  walletId: string,
  pass: (ms: number) => void,
): Promise<void> {
  const made = async () => (await wallets.transferAsset({ walletId, body: TRANSFER })).id;
  const [first, second, third] = [await made(), await made(), await made()];
  await wallets.listTransfers({ walletId });
  await wallets.getTransfer({ walletId, transferId: first });
  pass(1_000);
  await wallets.abortTransfer({ walletId, transferId: first });
  for (const id of [second, third]) sandbox.transfers.broadcast(id);
  await wallets.cancelTransfer({ walletId, transferId: second });
  await wallets.speedUpTransfer({ walletId, transferId: third });
}

async function walkTransactions(
  { sandbox }: CheckedSandbox,
  { wallets }: DfnsApiClient,
  walletId: string,
  pass: (ms: number) => void,
): Promise<void> {
  const made = async () => (await wallets.broadcastTransaction({ walletId, body: TRANSACTION })).id;
  const [first, second, third] = [await made(), await made(), await made()];
  await wallets.listTransactions({ walletId });
  await wallets.getTransaction({ walletId, transactionId: first });
  pass(1_000);
  await wallets.abortTransaction({ walletId, transactionId: first });
  for (const id of [second, third]) sandbox.transactions.broadcast(id);
  await wallets.cancelTransaction({ walletId, transactionId: second });
  await wallets.speedUpTransaction({ walletId, transactionId: third });
}

async function walkBalances({ sandbox }: CheckedSandbox, { wallets }: DfnsApiClient, walletId: string): Promise<void> {
  const { id } = await wallets.transferAsset({ walletId, body: TRANSFER });
  sandbox.transfers.confirm(id);
  await wallets.getWalletAssets({ walletId, query: { netWorth: 'true' } });
  await wallets.getWalletNfts({ walletId });
  await wallets.getWalletHistory({ walletId });
  await wallets.listOrgWalletHistory({ query: { startTime: '2020-01-01', endTime: '2100-01-01' } });
}

/** The policy holds a signature that is asked for by wallet. */
async function walkPolicies(employee: DfnsApiClient): Promise<void> {
  const { policies, wallets } = employee;
  const body: Parameters<typeof policies.createPolicy>[0]['body'] = {
    name: 'all signatures',
    activityKind: 'Wallets:Sign',
    rule: { kind: 'AlwaysTrigger' },
    action: {
      kind: 'RequestApproval',
      approvalGroups: [{ quorum: 1, approvers: {}, initiatorCanApprove: true }],
    },
  };
  const { id: policyId } = await policies.createPolicy({ body });
  await policies.listPolicies();
  await policies.getPolicy({ policyId });
  await policies.updatePolicy({ policyId, body: { ...body, name: 'renamed' } });
  const { approvalId = '' } = await wallets.generateSignature({ walletId: await walletOf(employee), body: HASH });
  await policies.listApprovals();
  await policies.getApproval({ approvalId });
  await policies.createApprovalDecision({ approvalId, body: { value: 'Approved' } });
  await policies.archivePolicy({ policyId });
}

/** The deliveries fail at once, without a request, because the webhook is outside this machine. */
async function walkWebhooks(
  { sandbox }: CheckedSandbox,
  { webhooks }: DfnsApiClient,
  pass: (ms: number) => void,
): Promise<void> {
  const { id: webhookId } = await webhooks.createWebhook({
    body: { url: 'https://example.com', events: ['key.created'] },
  });
  await webhooks.listWebhooks();
  await webhooks.getWebhook({ webhookId });
  await webhooks.updateWebhook({ webhookId, body: { description: 'books' } });
  await webhooks.pingWebhook({ webhookId });
  sandbox.createWallet({ network: 'Ethereum' });
  await sandbox.webhooks.settled();
  pass(60_000);
  await sandbox.webhooks.deliverDue();
  for (const { id: webhookEventId } of (await webhooks.listWebhookEvents({ webhookId })).items) {
    await webhooks.getWebhookEvent({ webhookId, webhookEventId });
  }
  await webhooks.deleteWebhook({ webhookId });
}
