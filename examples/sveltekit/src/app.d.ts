import type { SessionOf } from "sojourn/sveltekit";
import type { manager } from "./hooks.server.ts";

declare global {
  namespace App {
    interface Locals {
      session: SessionOf<typeof manager>;
    }
  }
}
