import { BindingBrowser } from "../../binding/browser.ts";
import { type Device, newDevice } from "../../binding/device.ts";
import { said } from "../../support/kinds.ts";
import { is } from "./assert.ts";
import { application } from "./core.ts";
import type { Suite } from "./host.ts";

function bindingApplication() {
  const here = application({ binding: { policy: "offer" } });
  return { ...here, browser: new BindingBrowser(here.manager) };
}

/** Device Bound Session Credentials: proofs are verified by jose, with the runtime's WebCrypto. */
export const proofs: Suite = {
  name: "DBSC proofs",
  offered: () => true,
  stories: {
    async "a device registers, refreshes, and is asked for from then on"() {
      const { browser } = bindingApplication();
      const { id } = await browser.bound("alice");
      is((await browser.signedIn()).isBound, true, "whether the request shows its device");
      const copy = browser.copy();
      copy.loseBoundCookie();
      is(said(await copy.open()), "authenticated, alice", "a request on its way when the binding came into force");
      is(typeof id, "string", "the id");
    },

    async "a copy without the bound cookie is refused after the grace, and the device refreshes and goes on"() {
      const { browser, clock } = bindingApplication();
      const { id } = await browser.bound("alice");
      clock.advance("2m");
      const copy = browser.copy();
      copy.loseBoundCookie();
      is(said(await copy.open()), "anonymous, unbound", "the copy");
      clock.advance("10m");
      is((await browser.refresh(id)).status, 200, "the status of a refresh");
      is(said(await browser.open()), "authenticated, alice", "the session of the device");
    },

    "an ES256 proof by another key is refused": () => refusesAnothersKey("ES256"),
    "an RS256 proof by another key is refused": () => refusesAnothersKey("RS256"),

    async "a proof without a signature is refused"() {
      const { browser, events } = bindingApplication();
      await browser.offered("alice");
      const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-");
      const { jwk } = await browser.device();
      const proof = `${part({ alg: "none", typ: "dbsc+jwt", jwk })}.${part({ jti: browser.challenge })}.`;
      is((await browser.register(proof)).status >= 400, true, "whether it is refused");
      is(events.at(-1)?.type, "binding_proof_refused", "the event");
    },
  },
};

async function refusesAnothersKey(algorithm: Device["algorithm"]): Promise<void> {
  const { browser, events } = bindingApplication();
  const session = await browser.offered("alice");
  const device = await newDevice(algorithm);
  is((await browser.register(await device.registration(browser.challenge ?? ""))).status, 200, "a registration");
  const other = await newDevice(algorithm);
  const refused = await browser.refreshWith(session.id, await other.proof(browser.challenge ?? ""));
  is(refused.status === 200, false, "whether another key's proof is accepted");
  const event = events.at(-1);
  is([event?.type, event && "because" in event && event.because], ["binding_proof_refused", "signature"], "the event");
  const answer = await browser.refreshWith(session.id, await device.proof(browser.challenge ?? ""));
  is(answer.status, 200, "the status of the device's own proof");
}
