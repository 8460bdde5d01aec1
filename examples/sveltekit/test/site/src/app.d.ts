import type { Session } from "../../../../../packages/sojourn/src/index.ts";
import type { AdapterApplicationData as Data } from "../../../../../packages/sojourn/src/testing/index.ts";
import type { Suite } from "../../application.ts";

declare global {
  var suite: Suite;
  namespace App {
    interface Locals {
      session: Session<Data>;
    }
  }
}
