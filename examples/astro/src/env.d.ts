declare namespace App {
  interface Locals {
    session: import("sojourn/astro").SessionOf<typeof import("./sessions.ts").manager>;
  }
}
