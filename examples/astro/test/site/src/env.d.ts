declare var suite: import("../../application.ts").Suite;
declare namespace App {
  interface Locals {
    session: import("../../application.ts").SuiteSession;
  }
}
