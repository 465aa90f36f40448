import { UseGuards } from '@nestjs/common';
import { Field, ID, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql';
import { PubSub } from 'graphql-subscriptions';
import { DfnsClient, DfnsUserGuard, DfnsUsername } from 'nestjs-dfns-auth';

@ObjectType()
export class Wallet {
  @Field(() => ID)
  id!: string;

  @Field()
  network!: string;
}

/** Where your application tells what happened, for example after a webhook. */
export const events = new PubSub();

@Resolver(() => Wallet)
@UseGuards(DfnsUserGuard)
export class WalletsResolver {
  constructor(private readonly dfns: DfnsClient) {}

  @Query(() => [Wallet])
  async wallets(@DfnsUsername() username: string): Promise<Wallet[]> {
    const request = { method: 'GET', path: '/wallets', caller: { username } } as const;
    return (await this.dfns.request<{ items: Wallet[] }>(request)).items;
  }

  /** Each event has the username of its owner, and goes to nobody else. */
  @Subscription(() => Wallet)
  walletCreated(@DfnsUsername() username: string): AsyncIterableIterator<{ walletCreated: Wallet }> {
    return events.asyncIterableIterator(`walletCreated/${username}`);
  }
}
