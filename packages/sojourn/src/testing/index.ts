export {
  type AdapterApplication,
  type AdapterApplicationData,
  type AdapterApplicationOptions,
  type AdapterCheck,
  AdapterContractError,
  adapterChecks,
  type StartAdapterApplication,
} from "./adapter-checks.ts";
export { type TestClock, testClock } from "./clock.ts";
export {
  type FaultyStore,
  faultyStore,
  type HeldCall,
  type LossOptions,
  type StoreVerb,
} from "./faulty-store.ts";
export { type StoreCheck, StoreContractError, type StoreFixture, storeChecks } from "./store-checks.ts";
