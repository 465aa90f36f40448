import { Injectable } from '@nestjs/common';
import { RoleStore } from '../access/role-store.js';
import { UserStore } from '../identities/user-store.js';
import { ApprovalControl } from '../policies/approval-control.js';
import { ApprovalStore } from '../policies/approval-store.js';
import { PolicyStore } from '../policies/policy-store.js';
import { ServiceAccountFactory } from '../service-accounts/service-account-factory.js';
import { Outbox } from '../tokens/outbox.js';
import { ChainRequestControls } from '../transfers/chain-request-control.js';
import { UserFactory } from '../users/user-factory.js';
import { SignatureStore } from '../wallets/signature-store.js';
import { WalletStore } from '../wallets/wallet-store.js';
import { SandboxWebhooks } from '../webhooks/sandbox-webhooks.js';
import { WebhookStore } from '../webhooks/webhook-store.js';
import { Organisation } from './organisation.js';
import type { Section } from './section.js';
import { accessTokensSection, mailsSection, permissionsSection } from './sections/access-sections.js';
import { transactionsSection, transfersSection } from './sections/chain-request-sections.js';
import { approvalsSection, policiesSection } from './sections/policy-sections.js';
import { serviceAccountsSection, usersSection } from './sections/user-sections.js';
import { signaturesSection, walletsSection } from './sections/wallet-sections.js';
import { deliveriesSection, webhooksSection } from './sections/webhook-sections.js';

/** The lists of the console, in the order of its menu. A feature adds its list here. */
@Injectable()
export class ControlSections {
  readonly all: Section[];

  constructor(
    organisation: Organisation,
    users: UserStore,
    wallets: WalletStore,
    signatures: SignatureStore,
    userFactory: UserFactory,
    serviceAccounts: ServiceAccountFactory,
    { transfers, transactions }: ChainRequestControls,
    approvalControl: ApprovalControl,
    approvals: ApprovalStore,
    policies: PolicyStore,
    sandboxWebhooks: SandboxWebhooks,
    webhooks: WebhookStore,
    outbox: Outbox,
    roles: RoleStore,
  ) {
    this.all = [
      usersSection(organisation, users, userFactory, wallets),
      serviceAccountsSection(users, serviceAccounts),
      walletsSection(organisation, wallets, users),
      signaturesSection(signatures, users),
      transfersSection(transfers, wallets),
      transactionsSection(transactions, wallets),
      approvalsSection(approvalControl, approvals, policies, users),
      policiesSection(policies),
      webhooksSection(webhooks),
      deliveriesSection(sandboxWebhooks, webhooks),
      mailsSection(outbox),
      accessTokensSection(users),
      permissionsSection(roles, users),
    ];
  }
}
