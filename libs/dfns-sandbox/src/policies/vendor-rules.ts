import { boolean, integer, list, object, oneOf, optional, satisfying, text } from '../bodies/shape.js';

const whole = satisfying<number>('a whole number', Number.isInteger);
const categories = object({ categoryIds: list(whole) });
const riskScore = satisfying<number>('a number from 0 to 100', (value) => {
  return typeof value === 'number' && value >= 0 && value <= 100;
});
const skip = {
  skipUnscreenableTransaction: boolean(),
  skipUnsupportedNetwork: boolean(),
  skipUnsupportedAsset: boolean(),
};
const seconds = integer(0, Number.MAX_SAFE_INTEGER);
const chainalysis = {
  alerts: object({ alertLevel: oneOf('LOW', 'MEDIUM', 'HIGH', 'SEVERE'), categoryIds: list(whole) }),
  exposures: object({ direct: categories }),
  userIdTemplate: optional(text()),
  fallbackBehaviours: object({ ...skip, skipChainalysisFailure: boolean() }),
};
const globalLedger = {
  riskScoreThreshold: riskScore,
  fallbackBehaviours: object({ ...skip, skipGlobalLedgerFailure: boolean() }),
};
const travelRule = {
  vendor: oneOf('Notabene'),
  autoTriggerTimeoutSeconds: seconds,
  autoClearAfterDeliveredTimeoutSeconds: optional(seconds),
};

/** Rules by which a vendor judges what a wallet signs (dfns-api 16.15). */
export const vendorRules = {
  ChainalysisTransactionPrescreening: { configuration: object({ ...chainalysis, addresses: categories }) },
  GlobalLedgerTransactionPrescreening: { configuration: object(globalLedger) },
  TravelRuleTransactionPrescreening: { configuration: object(travelRule) },
};

/** Rules by which a vendor judges what a wallet gets. */
export const incomingVendorRules = {
  ChainalysisTransactionScreening: { configuration: object(chainalysis) },
};
