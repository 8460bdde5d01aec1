import { expectTypeOf, test } from "vitest";
import {
  type Admission,
  type Closing,
  type Connection,
  eventStream,
  type OpenConnections,
  openConnections,
} from "../../src/connections/index.ts";
import type { AuthenticatedSession, SessionManager } from "../../src/index.ts";

interface Shop {
  cart: string[];
}
declare const manager: SessionManager<Shop>;
declare const admission: Admission<Shop>;
declare const request: Request;

test("connections know the session's data without a cast", () => {
  expectTypeOf(openConnections(manager)).toEqualTypeOf<OpenConnections<Shop>>();
  void eventStream(openConnections(manager), request, ({ session }) => {
    expectTypeOf(session).toEqualTypeOf<AuthenticatedSession<Shop>>();
    return undefined;
  });
});

test("nobody holds a connection that was not let in", () => {
  // @ts-expect-error it may have been refused
  admission.hold(() => {});
  if (!admission.admitted) {
    expectTypeOf(admission.answer.status).toEqualTypeOf<number>();
    return;
  }
  expectTypeOf(admission.session.userId).toEqualTypeOf<string>();
  expectTypeOf(admission.hold((closing) => expectTypeOf(closing).toEqualTypeOf<Closing>())).toEqualTypeOf<Connection>();
  expectTypeOf<Closing["code"]>().toEqualTypeOf<1001 | 4401 | 4409 | 4423 | 4429 | 4503>();
});

test("options have their names and units", () => {
  openConnections(manager, { perSession: 5, pollEvery: "0.5s", patience: "30s" });
  // @ts-expect-error a duration has a unit
  openConnections(manager, { patience: 30 });
  // @ts-expect-error there is no such option
  openConnections(manager, { perUser: 5 });
});
