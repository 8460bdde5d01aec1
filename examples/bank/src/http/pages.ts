import type { Request, Response } from "express";
import { localPath } from "sojourn";
import type { Services } from "../services.ts";
import type { BankSession } from "../sessions.ts";
import { layout, type Member, type Page, type Reader } from "../views/layout.ts";

export interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

export interface PageOptions {
  readonly status?: number;
  /** Where the page lives, if it answers a form that was sent somewhere else. */
  readonly at?: string;
}

/** Answers with a page made for its reader. Nobody keeps a copy: the back button asks again. */
export async function sendPage(
  services: Services,
  { request, response }: Exchange,
  page: Page | ((reader: Reader) => Page),
  { status = 200, at }: PageOptions = {},
): Promise<void> {
  const reader = await readerOf(services, request, at);
  sendTo(reader, response, { status, page: typeof page === "function" ? page(reader) : page });
}

export function sendTo(
  reader: Reader,
  response: Response,
  { status, page }: { readonly status: number; readonly page: Page },
): void {
  response.status(status).set("Cache-Control", "no-store").type("html").send(layout(reader, page).toString());
}

export async function readerOf(services: Services, request: Request, at?: string): Promise<Reader> {
  const session = services.sessions.of(request);
  const isShown = request.method === "GET" || request.method === "HEAD";
  return {
    theme: (session.kind !== "locked" && session.data.theme) || "auto",
    path: at ?? (isShown ? localPath(request.originalUrl) : null) ?? "/",
    member: await memberOf(services, session),
    isKnown: true,
  };
}

async function memberOf({ customers, clock }: Services, session: BankSession): Promise<Member | null> {
  const customer = session.kind === "authenticated" ? customers.byId(session.userId) : null;
  if (session.kind !== "authenticated" || !customer) return null;
  const { idle, absolute } = session.endsAt;
  const now = clock.now();
  return {
    name: customer.name,
    csrfToken: await session.csrfToken(),
    endsIn: { idle: idle - now, absolute: absolute - now },
  };
}
