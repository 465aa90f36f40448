import { Injectable } from '@nestjs/common';
import { UserStore } from '../identities/user-store.js';
import { ServiceAccountFactory } from '../service-accounts/service-account-factory.js';
import { UserFactory } from '../users/user-factory.js';
import { SignatureStore } from '../wallets/signature-store.js';
import { WalletStore } from '../wallets/wallet-store.js';
import { Organisation } from './organisation.js';
import type { Section } from './section.js';
import { serviceAccountsSection, usersSection } from './sections/user-sections.js';
import { signaturesSection, walletsSection } from './sections/wallet-sections.js';

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
  ) {
    this.all = [
      usersSection(organisation, users, userFactory, wallets),
      serviceAccountsSection(users, serviceAccounts),
      walletsSection(organisation, wallets, users),
      signaturesSection(signatures, users),
    ];
  }
}
