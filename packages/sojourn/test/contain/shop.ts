import type { Visitor } from "../support/visitor.ts";
import { type WorldOptions, world } from "../support/world.ts";

interface Cart {
  cart?: string[];
}

/** Alice on a laptop and a phone, Bob and Carol, each with something in the cart; and a visitor. */
export async function aShop(options: WorldOptions = {}) {
  const here = world<Cart>({ policy: { remembered: { idle: "14d", absolute: "30d" } }, ...options });
  const logIn = async (id: string, login: Parameters<Visitor<Cart>["logIn"]>[1] = {}) => {
    const browser = here.newcomer();
    const session = await browser.logIn(id, login);
    await session.update((draft) => {
      draft.cart = [`${id}'s book`];
    });
    return { browser, id: session.id };
  };
  const laptop = await logIn("alice", { label: "Firefox on Linux", level: "aal2", methods: ["pwd", "otp"] });
  here.clock.advance("10m");
  const phone = await logIn("alice", { label: "Safari on iPhone", persistent: true, credentialVersion: "1" });
  here.clock.advance("10m");
  const bobs = await logIn("bob", { label: "Firefox on Linux", ref: "https://login.example s1" });
  const carols = await logIn("carol", { ref: "https://login.example.org s1" });
  const visitor = here.newcomer();
  await (await visitor.open()).csrfToken();
  here.news();
  return { ...here, laptop, phone, bobs, carols, visitor, all: [laptop, phone, bobs, carols] };
}
export type Shop = Awaited<ReturnType<typeof aShop>>;

export const order = { name: "incident 7", action: "lock" } as const;
export const kinds = async ({ all }: Shop) => Promise.all(all.map(async ({ browser }) => (await browser.open()).kind));
