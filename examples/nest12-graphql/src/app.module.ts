import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type ExecutionContext, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { GqlExecutionContext, GraphQLModule } from '@nestjs/graphql';
import { DfnsAuthModule, type DfnsAuthModuleOptions, dfnsAuthConfig } from 'nestjs-dfns-auth';
import { WalletsResolver } from './wallets.resolver.js';

/** Who is connected. Verify an access token here; this example believes what the connection says. */
const identity = (context: ExecutionContext): string | undefined =>
  GqlExecutionContext.create(context).getContext().username;

@Module({
  imports: [
    ConfigModule.forRoot(),
    DfnsAuthModule.forRootAsync({
      imports: [ConfigModule.forFeature(dfnsAuthConfig)],
      inject: [dfnsAuthConfig.KEY],
      useFactory: (options: DfnsAuthModuleOptions) => ({ ...options, identity }),
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
      context: ({ connectionParams }: { connectionParams?: { username?: string } }) => ({
        username: connectionParams?.username,
      }),
    }),
  ],
  providers: [WalletsResolver],
})
export class AppModule {}
