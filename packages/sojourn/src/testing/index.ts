export { type TestClock, testClock } from "./clock.ts";
export {
  type FaultyStore,
  faultyStore,
  type HeldCall,
  type LossOptions,
  type StoreVerb,
} from "./faulty-store.ts";
export { type StoreCheck, StoreContractError, type StoreFixture, storeChecks } from "./store-checks.ts";
