import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { Trouble } from "../http/trouble.ts";
import type { Stage } from "../run/stage.ts";

/** More keys than this are nobody's own. */
const keysAtMost = 5;

/** The public keys that a target publishes, each as the texts that stand for it in a configuration; empty if none. */
export async function publishedKeys(stage: Stage): Promise<readonly string[]> {
  const direct = keysIn(await read(stage, "/.well-known/jwks.json"));
  if (direct.length > 0) return direct;
  const { jwks_uri: address } = (await read(stage, "/.well-known/openid-configuration")) as { jwks_uri?: unknown };
  return typeof address === "string" ? keysIn(await read(stage, address)) : [];
}

/** A JSON document; an empty one where there is none, or where it is on a host that the audit does not go to. */
async function read(stage: Stage, path: string): Promise<object> {
  try {
    const { status, text } = await stage.visitor().open(path);
    const found: unknown = status === 200 ? JSON.parse(text) : null;
    return typeof found === "object" && found !== null ? found : {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return {};
    if (error instanceof Trouble && (error.code === "refused-host" || error.code === "unreachable")) return {};
    throw error;
  }
}

function keysIn({ keys }: { keys?: unknown }): readonly string[] {
  if (!Array.isArray(keys)) return [];
  return keys.slice(0, keysAtMost).flatMap((jwk) => {
    try {
      return textsOf(createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }));
    } catch {
      return [];
    }
  });
}

/** With and without the line end that files have, and as RSA keys were written before. */
function textsOf(key: KeyObject): readonly string[] {
  const types = key.asymmetricKeyType === "rsa" ? (["spki", "pkcs1"] as const) : (["spki"] as const);
  const texts = types.map((type) => String(key.export({ type, format: "pem" })));
  return texts.flatMap((text) => [text, text.trimEnd()]);
}
