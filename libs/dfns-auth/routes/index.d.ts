/** Generated from the declarations of @dfns/sdk 0.8.21 by `npm run routes`. The application that imports it installs `@dfns/sdk` as a development dependency. */
import type * as agreements from '@dfns/sdk/generated/agreements/types.js';
import type * as allocations from '@dfns/sdk/generated/allocations/types.js';
import type * as auth from '@dfns/sdk/generated/auth/types.js';
import type * as exchanges from '@dfns/sdk/generated/exchanges/types.js';
import type * as feeSponsors from '@dfns/sdk/generated/feeSponsors/types.js';
import type * as keys from '@dfns/sdk/generated/keys/types.js';
import type * as networks from '@dfns/sdk/generated/networks/types.js';
import type * as payouts from '@dfns/sdk/generated/payouts/types.js';
import type * as permissions from '@dfns/sdk/generated/permissions/types.js';
import type * as policies from '@dfns/sdk/generated/policies/types.js';
import type * as signers from '@dfns/sdk/generated/signers/types.js';
import type * as staking from '@dfns/sdk/generated/staking/types.js';
import type * as swaps from '@dfns/sdk/generated/swaps/types.js';
import type * as wallets from '@dfns/sdk/generated/wallets/types.js';
import type * as webhooks from '@dfns/sdk/generated/webhooks/types.js';

declare module 'nestjs-dfns-auth' {
  interface DfnsRoutes {
    'GET /agreements/latest-unaccepted': {
      query: agreements.GetLatestUnacceptedAgreementQuery;
      answer: agreements.GetLatestUnacceptedAgreementResponse;
    };
    'POST /agreements/{agreementId}/accept': {
      params: agreements.RecordAgreementAcceptanceParams;
      answer: agreements.RecordAgreementAcceptanceResponse;
    };
    'GET /allocations': {
      query: allocations.ListAllocationsQuery;
      answer: allocations.ListAllocationsResponse;
    };
    'POST /allocations': {
      body: allocations.CreateAllocationBody;
      answer: allocations.CreateAllocationResponse;
    };
    'GET /allocations/{allocationId}': {
      params: allocations.GetAllocationParams;
      answer: allocations.GetAllocationResponse;
    };
    'GET /allocations/{allocationId}/actions': {
      params: allocations.ListAllocationActionsParams;
      query: allocations.ListAllocationActionsQuery;
      answer: allocations.ListAllocationActionsResponse;
    };
    'POST /allocations/{allocationId}/actions': {
      params: allocations.CreateAllocationActionParams;
      body: allocations.CreateAllocationActionBody;
      answer: allocations.CreateAllocationActionResponse;
    };
    'POST /auth/action': {
      body: auth.CreateUserActionSignatureBody;
      answer: auth.CreateUserActionSignatureResponse;
    };
    'POST /auth/action/init': {
      body: auth.CreateUserActionChallengeBody;
      answer: auth.CreateUserActionChallengeResponse;
    };
    'GET /auth/action/logs': {
      query: auth.ListAuditLogsQuery;
      answer: auth.ListAuditLogsResponse;
    };
    'GET /auth/action/logs/{id}': {
      params: auth.GetAuditLogParams;
      answer: auth.GetAuditLogResponse;
    };
    'GET /auth/apps': {
      answer: auth.ListApplicationsResponse;
    };
    'GET /auth/apps/{appId}': {
      params: auth.GetApplicationParams;
      answer: auth.GetApplicationResponse;
    };
    'GET /auth/credentials': {
      answer: auth.ListCredentialsResponse;
    };
    'POST /auth/credentials': {
      body: auth.CreateCredentialBody;
      answer: auth.CreateCredentialResponse;
    };
    'PUT /auth/credentials/activate': {
      body: auth.ActivateCredentialBody;
      answer: auth.ActivateCredentialResponse;
    };
    'POST /auth/credentials/code': {
      body: auth.CreateCredentialCodeBody;
      answer: auth.CreateCredentialCodeResponse;
    };
    'POST /auth/credentials/code/init': {
      caller: 'anonymous';
      body: auth.CreateCredentialChallengeWithCodeBody;
      answer: auth.CreateCredentialChallengeWithCodeResponse;
    };
    'POST /auth/credentials/code/verify': {
      caller: 'anonymous';
      body: auth.CreateCredentialWithCodeBody;
      answer: auth.CreateCredentialWithCodeResponse;
    };
    'PUT /auth/credentials/deactivate': {
      body: auth.DeactivateCredentialBody;
      answer: auth.DeactivateCredentialResponse;
    };
    'POST /auth/credentials/init': {
      body: auth.CreateCredentialChallengeBody;
      answer: auth.CreateCredentialChallengeResponse;
    };
    'POST /auth/login': {
      caller: 'anonymous';
      body: auth.LoginBody;
      answer: auth.LoginResponse;
    };
    'POST /auth/login/code': {
      caller: 'anonymous';
      body: auth.SendLoginCodeBody;
      answer: auth.SendLoginCodeResponse;
    };
    'POST /auth/login/delegated': {
      body: auth.DelegatedLoginBody;
      answer: auth.DelegatedLoginResponse;
    };
    'POST /auth/login/init': {
      caller: 'anonymous';
      body: auth.CreateLoginChallengeBody;
      answer: auth.CreateLoginChallengeResponse;
    };
    'POST /auth/login/social': {
      caller: 'anonymous';
      body: auth.SocialLoginBody;
      answer: auth.SocialLoginResponse;
    };
    'POST /auth/login/sso': {
      caller: 'anonymous';
      body: auth.SsoLoginBody;
      answer: auth.SsoLoginResponse;
    };
    'POST /auth/login/sso/init': {
      caller: 'anonymous';
      body: auth.SsoLoginInitBody;
      answer: auth.SsoLoginInitResponse;
    };
    'PUT /auth/logout': {
      body: auth.LogoutBody;
      answer: auth.LogoutResponse;
    };
    'GET /auth/pats': {
      answer: auth.ListPersonalAccessTokensResponse;
    };
    'POST /auth/pats': {
      body: auth.CreatePersonalAccessTokenBody;
      answer: auth.CreatePersonalAccessTokenResponse;
    };
    'DELETE /auth/pats/{tokenId}': {
      params: auth.ArchivePersonalAccessTokenParams;
      answer: auth.ArchivePersonalAccessTokenResponse;
    };
    'GET /auth/pats/{tokenId}': {
      params: auth.GetPersonalAccessTokenParams;
      answer: auth.GetPersonalAccessTokenResponse;
    };
    'PUT /auth/pats/{tokenId}': {
      params: auth.UpdatePersonalAccessTokenParams;
      body: auth.UpdatePersonalAccessTokenBody;
      answer: auth.UpdatePersonalAccessTokenResponse;
    };
    'PUT /auth/pats/{tokenId}/activate': {
      params: auth.ActivatePersonalAccessTokenParams;
      answer: auth.ActivatePersonalAccessTokenResponse;
    };
    'PUT /auth/pats/{tokenId}/deactivate': {
      params: auth.DeactivatePersonalAccessTokenParams;
      answer: auth.DeactivatePersonalAccessTokenResponse;
    };
    'POST /auth/recover/user': {
      caller: { temporaryToken: string };
      body: auth.RecoverBody;
      answer: auth.RecoverResponse;
    };
    'POST /auth/recover/user/code': {
      caller: 'anonymous';
      body: auth.SendRecoveryCodeBody;
      answer: auth.SendRecoveryCodeResponse;
    };
    'POST /auth/recover/user/delegated': {
      body: auth.CreateDelegatedRecoveryChallengeBody;
      answer: auth.CreateDelegatedRecoveryChallengeResponse;
    };
    'POST /auth/recover/user/init': {
      caller: 'anonymous';
      body: auth.CreateRecoveryChallengeBody;
      answer: auth.CreateRecoveryChallengeResponse;
    };
    'POST /auth/registration': {
      caller: { temporaryToken: string };
      body: auth.RegisterBody;
      answer: auth.RegisterResponse;
    };
    'PUT /auth/registration/code': {
      caller: 'anonymous';
      body: auth.ResendRegistrationCodeBody;
      answer: auth.ResendRegistrationCodeResponse;
    };
    'POST /auth/registration/delegated': {
      body: auth.CreateDelegatedRegistrationChallengeBody;
      answer: auth.CreateDelegatedRegistrationChallengeResponse;
    };
    'POST /auth/registration/enduser': {
      caller: { temporaryToken: string };
      body: auth.RegisterEndUserBody;
      answer: auth.RegisterEndUserResponse;
    };
    'POST /auth/registration/init': {
      caller: 'anonymous';
      body: auth.CreateRegistrationChallengeBody;
      answer: auth.CreateRegistrationChallengeResponse;
    };
    'POST /auth/registration/social': {
      caller: 'anonymous';
      body: auth.CreateSocialRegistrationChallengeBody;
      answer: auth.CreateSocialRegistrationChallengeResponse;
    };
    'GET /auth/service-accounts': {
      answer: auth.ListServiceAccountsResponse;
    };
    'POST /auth/service-accounts': {
      body: auth.CreateServiceAccountBody;
      answer: auth.CreateServiceAccountResponse;
    };
    'DELETE /auth/service-accounts/{serviceAccountId}': {
      params: auth.ArchiveServiceAccountParams;
      query: auth.ArchiveServiceAccountQuery;
      answer: auth.ArchiveServiceAccountResponse;
    };
    'GET /auth/service-accounts/{serviceAccountId}': {
      params: auth.GetServiceAccountParams;
      answer: auth.GetServiceAccountResponse;
    };
    'PUT /auth/service-accounts/{serviceAccountId}': {
      params: auth.UpdateServiceAccountParams;
      body: auth.UpdateServiceAccountBody;
      answer: auth.UpdateServiceAccountResponse;
    };
    'PUT /auth/service-accounts/{serviceAccountId}/activate': {
      params: auth.ActivateServiceAccountParams;
      answer: auth.ActivateServiceAccountResponse;
    };
    'PUT /auth/service-accounts/{serviceAccountId}/deactivate': {
      params: auth.DeactivateServiceAccountParams;
      body: auth.DeactivateServiceAccountBody;
      answer: auth.DeactivateServiceAccountResponse;
    };
    'GET /auth/users': {
      query: auth.ListUsersQuery;
      answer: auth.ListUsersResponse;
    };
    'POST /auth/users': {
      body: auth.CreateUserBody;
      answer: auth.CreateUserResponse;
    };
    'DELETE /auth/users/{userId}': {
      params: auth.ArchiveUserParams;
      answer: auth.ArchiveUserResponse;
    };
    'GET /auth/users/{userId}': {
      params: auth.GetUserParams;
      answer: auth.GetUserResponse;
    };
    'PUT /auth/users/{userId}': {
      params: auth.UpdateUserParams;
      body: auth.UpdateUserBody;
      answer: auth.UpdateUserResponse;
    };
    'PUT /auth/users/{userId}/activate': {
      params: auth.ActivateUserParams;
      answer: auth.ActivateUserResponse;
    };
    'PUT /auth/users/{userId}/deactivate': {
      params: auth.DeactivateUserParams;
      answer: auth.DeactivateUserResponse;
    };
    'GET /exchanges': {
      query: exchanges.ListExchangesQuery;
      answer: exchanges.ListExchangesResponse;
    };
    'POST /exchanges': {
      body: exchanges.CreateExchangeBody;
      answer: exchanges.CreateExchangeResponse;
    };
    'DELETE /exchanges/{exchangeId}': {
      params: exchanges.DeleteExchangeParams;
      answer: exchanges.DeleteExchangeResponse;
    };
    'GET /exchanges/{exchangeId}': {
      params: exchanges.GetExchangeParams;
      answer: exchanges.GetExchangeResponse;
    };
    'GET /exchanges/{exchangeId}/accounts': {
      params: exchanges.ListAccountsParams;
      query: exchanges.ListAccountsQuery;
      answer: exchanges.ListAccountsResponse;
    };
    'GET /exchanges/{exchangeId}/accounts/{accountId}/assets': {
      params: exchanges.ListAccountAssetsParams;
      query: exchanges.ListAccountAssetsQuery;
      answer: exchanges.ListAccountAssetsResponse;
    };
    'GET /exchanges/{exchangeId}/accounts/{accountId}/assets/{asset}/withdrawal-networks': {
      params: exchanges.ListAssetWithdrawalNetworksParams;
      answer: exchanges.ListAssetWithdrawalNetworksResponse;
    };
    'POST /exchanges/{exchangeId}/accounts/{accountId}/deposits': {
      params: exchanges.CreateDepositParams;
      body: exchanges.CreateDepositBody;
      answer: exchanges.CreateDepositResponse;
    };
    'POST /exchanges/{exchangeId}/accounts/{accountId}/withdrawals': {
      params: exchanges.CreateWithdrawalParams;
      body: exchanges.CreateWithdrawalBody;
      answer: exchanges.CreateWithdrawalResponse;
    };
    'GET /fee-sponsors': {
      query: feeSponsors.ListFeeSponsorsQuery;
      answer: feeSponsors.ListFeeSponsorsResponse;
    };
    'POST /fee-sponsors': {
      body: feeSponsors.CreateFeeSponsorBody;
      answer: feeSponsors.CreateFeeSponsorResponse;
    };
    'DELETE /fee-sponsors/{feeSponsorId}': {
      params: feeSponsors.DeleteFeeSponsorParams;
      answer: feeSponsors.DeleteFeeSponsorResponse;
    };
    'GET /fee-sponsors/{feeSponsorId}': {
      params: feeSponsors.GetFeeSponsorParams;
      answer: feeSponsors.GetFeeSponsorResponse;
    };
    'PUT /fee-sponsors/{feeSponsorId}/activate': {
      params: feeSponsors.ActivateFeeSponsorParams;
      answer: feeSponsors.ActivateFeeSponsorResponse;
    };
    'PUT /fee-sponsors/{feeSponsorId}/deactivate': {
      params: feeSponsors.DeactivateFeeSponsorParams;
      answer: feeSponsors.DeactivateFeeSponsorResponse;
    };
    'GET /fee-sponsors/{feeSponsorId}/fees': {
      params: feeSponsors.ListSponsoredFeesParams;
      query: feeSponsors.ListSponsoredFeesQuery;
      answer: feeSponsors.ListSponsoredFeesResponse;
    };
    'GET /key-stores': {
      answer: signers.ListKeyStoresResponse;
    };
    'POST /key-stores/{storeId}/clone/input': {
      params: signers.CreateCloneInputParams;
      body: signers.CreateCloneInputBody;
      answer: signers.CreateCloneInputResponse;
    };
    'POST /key-stores/{storeId}/clone/output': {
      /** A form with a file. This package sends JSON only. */
      body: never;
      params: signers.SubmitCloneOutputParams;
      answer: signers.SubmitCloneOutputResponse;
    };
    'POST /key-stores/{storeId}/genesis/input': {
      params: signers.CreateGenesisInputParams;
      body: signers.CreateGenesisInputBody;
      answer: signers.CreateGenesisInputResponse;
    };
    'POST /key-stores/{storeId}/genesis/output': {
      /** A form with a file. This package sends JSON only. */
      body: never;
      params: signers.SubmitGenesisOutputParams;
      answer: signers.SubmitGenesisOutputResponse;
    };
    'POST /key-stores/{storeId}/onchain-sign/input': {
      params: signers.CreateOnchainSignInputParams;
      body: signers.CreateOnchainSignInputBody;
      answer: signers.CreateOnchainSignInputResponse;
    };
    'POST /key-stores/{storeId}/onchain-sign/output': {
      /** A form with a file. This package sends JSON only. */
      body: never;
      params: signers.SubmitOnchainSignOutputParams;
      answer: signers.SubmitOnchainSignOutputResponse;
    };
    'POST /key-stores/{storeId}/proof-of-control/input': {
      params: signers.CreateProofOfControlInputParams;
      body: signers.CreateProofOfControlInputBody;
      answer: signers.CreateProofOfControlInputResponse;
    };
    'POST /key-stores/{storeId}/proof-of-control/output': {
      /** A form with a file. This package sends JSON only. */
      body: never;
      params: signers.SubmitProofOfControlOutputParams;
      answer: signers.SubmitProofOfControlOutputResponse;
    };
    'GET /keys': {
      query: keys.ListKeysQuery;
      answer: keys.ListKeysResponse;
    };
    'POST /keys': {
      body: keys.CreateKeyBody;
      answer: keys.CreateKeyResponse;
    };
    'POST /keys/import': {
      body: keys.ImportKeyBody;
      answer: keys.ImportKeyResponse;
    };
    'DELETE /keys/{keyId}': {
      params: keys.DeleteKeyParams;
      answer: keys.DeleteKeyResponse;
    };
    'GET /keys/{keyId}': {
      params: keys.GetKeyParams;
      answer: keys.GetKeyResponse;
    };
    'PUT /keys/{keyId}': {
      params: keys.UpdateKeyParams;
      body: keys.UpdateKeyBody;
      answer: keys.UpdateKeyResponse;
    };
    'POST /keys/{keyId}/delegate': {
      params: keys.DelegateKeyParams;
      body: keys.DelegateKeyBody;
      answer: keys.DelegateKeyResponse;
    };
    'POST /keys/{keyId}/derive': {
      params: keys.DeriveKeyParams;
      body: keys.DeriveKeyBody;
      answer: keys.DeriveKeyResponse;
    };
    'POST /keys/{keyId}/export': {
      params: keys.ExportKeyParams;
      body: keys.ExportKeyBody;
      answer: keys.ExportKeyResponse;
    };
    'GET /keys/{keyId}/signatures': {
      params: keys.ListSignaturesParams;
      query: keys.ListSignaturesQuery;
      answer: keys.ListSignaturesResponse;
    };
    'POST /keys/{keyId}/signatures': {
      params: keys.GenerateSignatureParams;
      body: keys.GenerateSignatureBody;
      answer: keys.GenerateSignatureResponse;
    };
    'GET /keys/{keyId}/signatures/{signatureId}': {
      params: keys.GetSignatureParams;
      answer: keys.GetSignatureResponse;
    };
    'GET /networks/fees': {
      query: networks.GetFeesQuery;
      answer: networks.GetFeesResponse;
    };
    'POST /networks/{network}/call-function': {
      params: networks.CallFunctionParams;
      body: networks.CallFunctionBody;
      answer: networks.CallFunctionResponse;
    };
    'GET /networks/{network}/validators': {
      params: networks.ListCantonValidatorsParams;
      query: networks.ListCantonValidatorsQuery;
      answer: networks.ListCantonValidatorsResponse;
    };
    'POST /networks/{network}/validators': {
      params: networks.CreateCantonValidatorParams;
      body: networks.CreateCantonValidatorBody;
      answer: networks.CreateCantonValidatorResponse;
    };
    'DELETE /networks/{network}/validators/{validatorId}': {
      params: networks.DeleteCantonValidatorParams;
      answer: networks.DeleteCantonValidatorResponse;
    };
    'GET /networks/{network}/validators/{validatorId}': {
      params: networks.GetCantonValidatorParams;
      answer: networks.GetCantonValidatorResponse;
    };
    'PUT /networks/{network}/validators/{validatorId}': {
      params: networks.UpdateCantonValidatorParams;
      body: networks.UpdateCantonValidatorBody;
      answer: networks.UpdateCantonValidatorResponse;
    };
    'GET /payouts': {
      query: payouts.ListPayoutsQuery;
      answer: payouts.ListPayoutsResponse;
    };
    'POST /payouts': {
      body: payouts.CreatePayoutBody;
      answer: payouts.CreatePayoutResponse;
    };
    'POST /payouts/quote': {
      body: payouts.CreatePayoutQuoteBody;
      answer: payouts.CreatePayoutQuoteResponse;
    };
    'GET /payouts/{payoutId}': {
      params: payouts.GetPayoutParams;
      answer: payouts.GetPayoutResponse;
    };
    'POST /payouts/{payoutId}/action': {
      params: payouts.CreatePayoutActionParams;
      body: payouts.CreatePayoutActionBody;
      answer: payouts.CreatePayoutActionResponse;
    };
    'GET /permissions': {
      query: permissions.ListPermissionsQuery;
      answer: permissions.ListPermissionsResponse;
    };
    'POST /permissions': {
      body: permissions.CreatePermissionBody;
      answer: permissions.CreatePermissionResponse;
    };
    'GET /permissions/{permissionId}': {
      params: permissions.GetPermissionParams;
      answer: permissions.GetPermissionResponse;
    };
    'PUT /permissions/{permissionId}': {
      params: permissions.UpdatePermissionParams;
      body: permissions.UpdatePermissionBody;
      answer: permissions.UpdatePermissionResponse;
    };
    'PUT /permissions/{permissionId}/archive': {
      params: permissions.ArchivePermissionParams;
      body: permissions.ArchivePermissionBody;
      answer: permissions.ArchivePermissionResponse;
    };
    'GET /permissions/{permissionId}/assignments': {
      params: permissions.ListAssignmentsParams;
      query: permissions.ListAssignmentsQuery;
      answer: permissions.ListAssignmentsResponse;
    };
    'POST /permissions/{permissionId}/assignments': {
      params: permissions.CreateAssignmentParams;
      body: permissions.CreateAssignmentBody;
      answer: permissions.CreateAssignmentResponse;
    };
    'DELETE /permissions/{permissionId}/assignments/{assignmentId}': {
      params: permissions.DeleteAssignmentParams;
      query: permissions.DeleteAssignmentQuery;
      answer: permissions.DeleteAssignmentResponse;
    };
    'GET /signers': {
      answer: signers.ListSignersResponse;
    };
    'GET /staking/stakes': {
      query: staking.ListStakesQuery;
      answer: staking.ListStakesResponse;
    };
    'POST /staking/stakes': {
      body: staking.CreateStakeBody;
      answer: staking.CreateStakeResponse;
    };
    'GET /staking/stakes/{stakeId}': {
      params: staking.GetStakesParams;
      query: staking.GetStakesQuery;
      answer: staking.GetStakesResponse;
    };
    'GET /staking/stakes/{stakeId}/actions': {
      params: staking.ListStakeActionsParams;
      query: staking.ListStakeActionsQuery;
      answer: staking.ListStakeActionsResponse;
    };
    'POST /staking/stakes/{stakeId}/actions': {
      params: staking.CreateStakeActionParams;
      body: staking.CreateStakeActionBody;
      answer: staking.CreateStakeActionResponse;
    };
    'GET /staking/stakes/{stakeId}/rewards': {
      params: staking.GetStakeRewardsParams;
      answer: staking.GetStakeRewardsResponse;
    };
    'GET /swaps': {
      query: swaps.ListSwapsQuery;
      answer: swaps.ListSwapsResponse;
    };
    'POST /swaps': {
      body: swaps.CreateSwapBody;
      answer: swaps.CreateSwapResponse;
    };
    'POST /swaps/quotes': {
      body: swaps.CreateSwapQuoteBody;
      answer: swaps.CreateSwapQuoteResponse;
    };
    'GET /swaps/quotes/{quoteId}': {
      params: swaps.GetSwapQuoteParams;
      answer: swaps.GetSwapQuoteResponse;
    };
    'GET /swaps/{swapId}': {
      params: swaps.GetSwapParams;
      answer: swaps.GetSwapResponse;
    };
    'GET /v2/policies': {
      query: policies.ListPoliciesQuery;
      answer: policies.ListPoliciesResponse;
    };
    'POST /v2/policies': {
      body: policies.CreatePolicyBody;
      answer: policies.CreatePolicyResponse;
    };
    'DELETE /v2/policies/{policyId}': {
      params: policies.ArchivePolicyParams;
      answer: policies.ArchivePolicyResponse;
    };
    'GET /v2/policies/{policyId}': {
      params: policies.GetPolicyParams;
      answer: policies.GetPolicyResponse;
    };
    'PUT /v2/policies/{policyId}': {
      params: policies.UpdatePolicyParams;
      body: policies.UpdatePolicyBody;
      answer: policies.UpdatePolicyResponse;
    };
    'GET /v2/policy-approvals': {
      query: policies.ListApprovalsQuery;
      answer: policies.ListApprovalsResponse;
    };
    'GET /v2/policy-approvals/{approvalId}': {
      params: policies.GetApprovalParams;
      answer: policies.GetApprovalResponse;
    };
    'POST /v2/policy-approvals/{approvalId}/decisions': {
      params: policies.CreateApprovalDecisionParams;
      body: policies.CreateApprovalDecisionBody;
      answer: policies.CreateApprovalDecisionResponse;
    };
    'GET /wallets': {
      query: wallets.ListWalletsQuery;
      answer: wallets.ListWalletsResponse;
    };
    'POST /wallets': {
      body: wallets.CreateWalletBody;
      answer: wallets.CreateWalletResponse;
    };
    'GET /wallets/all/history': {
      query: wallets.ListOrgWalletHistoryQuery;
      answer: wallets.ListOrgWalletHistoryResponse;
    };
    'POST /wallets/import': {
      body: wallets.ImportWalletBody;
      answer: wallets.ImportWalletResponse;
    };
    'GET /wallets/{walletId}': {
      params: wallets.GetWalletParams;
      answer: wallets.GetWalletResponse;
    };
    'PUT /wallets/{walletId}': {
      params: wallets.UpdateWalletParams;
      body: wallets.UpdateWalletBody;
      answer: wallets.UpdateWalletResponse;
    };
    'POST /wallets/{walletId}/activate': {
      params: wallets.ActivateWalletParams;
      body: wallets.ActivateWalletBody;
      answer: wallets.ActivateWalletResponse;
    };
    'GET /wallets/{walletId}/assets': {
      params: wallets.GetWalletAssetsParams;
      query: wallets.GetWalletAssetsQuery;
      answer: wallets.GetWalletAssetsResponse;
    };
    'POST /wallets/{walletId}/canton/ledger-api': {
      params: wallets.CantonLedgerApiProxyParams;
      body: wallets.CantonLedgerApiProxyBody;
      answer: wallets.CantonLedgerApiProxyResponse;
    };
    'POST /wallets/{walletId}/delegate': {
      params: wallets.DelegateWalletParams;
      body: wallets.DelegateWalletBody;
      answer: wallets.DelegateWalletResponse;
    };
    'POST /wallets/{walletId}/export': {
      params: wallets.ExportWalletParams;
      body: wallets.ExportWalletBody;
      answer: wallets.ExportWalletResponse;
    };
    'GET /wallets/{walletId}/history': {
      params: wallets.GetWalletHistoryParams;
      query: wallets.GetWalletHistoryQuery;
      answer: wallets.GetWalletHistoryResponse;
    };
    'GET /wallets/{walletId}/nfts': {
      params: wallets.GetWalletNftsParams;
      answer: wallets.GetWalletNftsResponse;
    };
    'GET /wallets/{walletId}/offers': {
      params: wallets.ListOffersParams;
      query: wallets.ListOffersQuery;
      answer: wallets.ListOffersResponse;
    };
    'GET /wallets/{walletId}/offers/{offerId}': {
      params: wallets.GetOfferParams;
      answer: wallets.GetOfferResponse;
    };
    'PUT /wallets/{walletId}/offers/{offerId}/accept': {
      params: wallets.AcceptOfferParams;
      answer: wallets.AcceptOfferResponse;
    };
    'PUT /wallets/{walletId}/offers/{offerId}/reject': {
      params: wallets.RejectOfferParams;
      answer: wallets.RejectOfferResponse;
    };
    'GET /wallets/{walletId}/signatures': {
      params: wallets.ListSignaturesParams;
      query: wallets.ListSignaturesQuery;
      answer: wallets.ListSignaturesResponse;
    };
    'POST /wallets/{walletId}/signatures': {
      params: wallets.GenerateSignatureParams;
      body: wallets.GenerateSignatureBody;
      answer: wallets.GenerateSignatureResponse;
    };
    'GET /wallets/{walletId}/signatures/{signatureId}': {
      params: wallets.GetSignatureParams;
      answer: wallets.GetSignatureResponse;
    };
    'DELETE /wallets/{walletId}/tags': {
      params: wallets.UntagWalletParams;
      body: wallets.UntagWalletBody;
      answer: wallets.UntagWalletResponse;
    };
    'PUT /wallets/{walletId}/tags': {
      params: wallets.TagWalletParams;
      body: wallets.TagWalletBody;
      answer: wallets.TagWalletResponse;
    };
    'GET /wallets/{walletId}/transactions': {
      params: wallets.ListTransactionsParams;
      query: wallets.ListTransactionsQuery;
      answer: wallets.ListTransactionsResponse;
    };
    'POST /wallets/{walletId}/transactions': {
      params: wallets.BroadcastTransactionParams;
      body: wallets.BroadcastTransactionBody;
      answer: wallets.BroadcastTransactionResponse;
    };
    'GET /wallets/{walletId}/transactions/{transactionId}': {
      params: wallets.GetTransactionParams;
      answer: wallets.GetTransactionResponse;
    };
    'PUT /wallets/{walletId}/transactions/{transactionId}/abort': {
      params: wallets.AbortTransactionParams;
      answer: wallets.AbortTransactionResponse;
    };
    'POST /wallets/{walletId}/transactions/{transactionId}/cancel': {
      params: wallets.CancelTransactionParams;
      answer: wallets.CancelTransactionResponse;
    };
    'POST /wallets/{walletId}/transactions/{transactionId}/speed-up': {
      params: wallets.SpeedUpTransactionParams;
      answer: wallets.SpeedUpTransactionResponse;
    };
    'GET /wallets/{walletId}/transfers': {
      params: wallets.ListTransfersParams;
      query: wallets.ListTransfersQuery;
      answer: wallets.ListTransfersResponse;
    };
    'POST /wallets/{walletId}/transfers': {
      params: wallets.TransferAssetParams;
      body: wallets.TransferAssetBody;
      answer: wallets.TransferAssetResponse;
    };
    'GET /wallets/{walletId}/transfers/{transferId}': {
      params: wallets.GetTransferParams;
      answer: wallets.GetTransferResponse;
    };
    'PUT /wallets/{walletId}/transfers/{transferId}/abort': {
      params: wallets.AbortTransferParams;
      answer: wallets.AbortTransferResponse;
    };
    'POST /wallets/{walletId}/transfers/{transferId}/cancel': {
      params: wallets.CancelTransferParams;
      answer: wallets.CancelTransferResponse;
    };
    'POST /wallets/{walletId}/transfers/{transferId}/speed-up': {
      params: wallets.SpeedUpTransferParams;
      answer: wallets.SpeedUpTransferResponse;
    };
    'GET /webhooks': {
      query: webhooks.ListWebhooksQuery;
      answer: webhooks.ListWebhooksResponse;
    };
    'POST /webhooks': {
      body: webhooks.CreateWebhookBody;
      answer: webhooks.CreateWebhookResponse;
    };
    'DELETE /webhooks/{webhookId}': {
      params: webhooks.DeleteWebhookParams;
      answer: webhooks.DeleteWebhookResponse;
    };
    'GET /webhooks/{webhookId}': {
      params: webhooks.GetWebhookParams;
      answer: webhooks.GetWebhookResponse;
    };
    'PUT /webhooks/{webhookId}': {
      params: webhooks.UpdateWebhookParams;
      body: webhooks.UpdateWebhookBody;
      answer: webhooks.UpdateWebhookResponse;
    };
    'GET /webhooks/{webhookId}/events': {
      params: webhooks.ListWebhookEventsParams;
      query: webhooks.ListWebhookEventsQuery;
      answer: webhooks.ListWebhookEventsResponse;
    };
    'GET /webhooks/{webhookId}/events/{webhookEventId}': {
      params: webhooks.GetWebhookEventParams;
      answer: webhooks.GetWebhookEventResponse;
    };
    'POST /webhooks/{webhookId}/ping': {
      params: webhooks.PingWebhookParams;
      answer: webhooks.PingWebhookResponse;
    };
  }
}
