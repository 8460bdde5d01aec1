import { type Request, Router } from "express";
import type { ResponseSink } from "sojourn";
import { type MemberExchange, members } from "../http/members.ts";
import { sendPage } from "../http/pages.ts";
import type { Services } from "../services.ts";
import { type Opened, theftPage } from "../views/theft.ts";

/** A page that replays the reader's own cookies as a thief would, and shows what comes of it. */
export function theftRoutes(services: Services): Router {
  const router = Router();

  async function openedBy(request: Request, cookies: string): Promise<Opened> {
    const url = `${request.protocol}://${request.get("host")}/account`;
    // Nothing else gives this thief away: every header is copied, the address is the same.
    const header = (name: string) => (name === "cookie" ? cookies : (request.get(name) ?? null));
    const facts = { method: "GET", url, secure: request.secure, header, address: () => request.ip ?? null };
    const session = await services.manager.open(facts, nowhere, { activity: false });
    return session.kind === "authenticated" ? "the account" : "nothing";
  }

  async function show(exchange: MemberExchange, isTried: boolean): Promise<void> {
    const { request, session } = exchange;
    const all = request.get("cookie") ?? "";
    const tried = isTried
      ? { sessionCookie: await openedBy(request, withoutDevice(all)), allCookies: await openedBy(request, all) }
      : null;
    const view = { tried, isBound: session.isBound };
    await sendPage(services, exchange, (reader) => theftPage(reader, view), { at: "/theft" });
  }

  router.get(
    "/theft",
    members(services, (exchange) => show(exchange, false)),
  );
  router.post(
    "/theft",
    members(services, (exchange) => show(exchange, true)),
  );
  return router;
}

/** A thief's requests have no response of the reader's to put a cookie into. */
const nowhere: ResponseSink = { writable: false, setCookie() {}, setHeader() {}, setCaching() {} };

/** The cookies without the short-lived one that the device has renewed. */
function withoutDevice(cookies: string): string {
  return cookies
    .split("; ")
    .filter((pair) => !pair.startsWith("__Host-id-bound="))
    .join("; ");
}
