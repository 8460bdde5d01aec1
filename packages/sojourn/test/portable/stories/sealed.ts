import { aesGcmCodec } from "../../../src/codec/index.ts";
import type { SessionId, StoredSession } from "../../../src/index.ts";
import { said } from "../../support/kinds.ts";
import { codeOf, is } from "./assert.ts";
import { application } from "./core.ts";
import type { Suite } from "./host.ts";
import { writtenElsewhere } from "./written-elsewhere.ts";

const key = (id: string, byte: number) => ({ id, secret: new Uint8Array(32).fill(byte) });

/** Bodies that are encrypted before the store sees them, by WebCrypto. */
export const sealed: Suite = {
  name: "sealed bodies",
  offered: () => true,
  stories: {
    async "a sealed session is read and changed, and nothing of it can be read in the store"() {
      const { newcomer, rows } = application({ codec: aesGcmCodec({ keys: [key("k1", 1)] }) });
      const alice = newcomer();
      await (await alice.logIn("alice")).update((draft) => void Object.assign(draft, { diagnosis: "rare" }));
      is((await alice.signedIn()).data, { diagnosis: "rare" }, "the data");
      const [row] = await rows.scan(null, 10);
      is([row?.body.startsWith("~k1."), row?.body.includes("rare")], [true, false], "the body");
    },

    async "a key is replaced while sessions are in use, and one that was withdrawn opens nothing"() {
      const here = application({ codec: aesGcmCodec({ keys: [key("k1", 1)] }) });
      const alice = here.newcomer();
      await alice.logIn("alice");
      const at = (keys: ReturnType<typeof key>[]) =>
        alice.at(application({ store: here.rows, clock: here.clock, codec: aesGcmCodec({ keys }) }).manager);
      const both = at([key("k2", 2), key("k1", 1)]);
      await (await both.signedIn()).update((draft) => void Object.assign(draft, { count: 1 }));
      is(said(await at([key("k2", 2)]).open()), "authenticated, alice", "the session under the new key");
      is(said(await alice.open()), "anonymous, corrupt", "the session under the old key alone");
    },

    async "a body moved to another row, or cut, is not opened"() {
      const { newcomer, rows } = application({ codec: aesGcmCodec({ keys: [key("k1", 1)] }) });
      const [alice, mallory] = [newcomer(), newcomer()];
      const { id } = await alice.logIn("alice");
      const { id: other } = await mallory.logIn("mallory");
      const rowOf = async (of: SessionId) => (await rows.find(of)) as StoredSession;
      const { body } = await rowOf(id);
      const { userId: _userId, ref: _ref, ...target } = await rowOf(other);
      await rows.update({ ...target, version: target.version + 1, body });
      is(said(await mallory.open()), "anonymous, corrupt", "the session with another one's body");
      is(await codeOf(Promise.resolve()), "none", "what a promise that is kept says");
    },

    async "a row that another runtime wrote, plain or sealed, is read with the same token"() {
      for (const { row, token, sealing } of writtenElsewhere) {
        const codec = sealing ? { codec: aesGcmCodec({ keys: [key("k1", 1)] }) } : {};
        const { newcomer, rows } = application(codec);
        await rows.insert(row as StoredSession, { indexUntil: row.expiresAt });
        const alice = newcomer();
        alice.jar.set("__Host-Http-id", token);
        const session = await alice.signedIn();
        is([session.userId, session.data], ["alice", { cart: ["tea", "Käse 🧀"] }], "what it says");
      }
    },
  },
};
