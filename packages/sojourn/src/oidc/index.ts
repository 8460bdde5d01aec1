export {
  type BackChannelAnswer,
  type BackChannelLogout,
  type BackChannelLogoutOptions,
  backChannelLogout,
} from "./back-channel.ts";
export type { LogoutRefusal } from "./logout-token.ts";
export { type ProviderLogout, providerLogoutUrl } from "./provider-logout.ts";
export { type ProviderSession, providerRef } from "./ref.ts";
