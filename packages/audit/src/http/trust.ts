import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { connect, createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { lookupFor } from "./lookup.ts";

/* Certificates of authorities of one's own: who is trusted beside those that everybody trusts. */

export interface Authorities {
  /** As PEM; `null` if there are none. */
  readonly ca: string | null;
  /** What is wrong with the files that were named. */
  readonly problems: readonly string[];
}

/** Reads the files, and that of NODE_EXTRA_CA_CERTS: Node trusts it by itself, a browser does not. */
export async function readAuthorities(
  files: readonly (string | null | undefined)[],
  { NODE_EXTRA_CA_CERTS: extra }: NodeJS.ProcessEnv,
): Promise<Authorities> {
  const problems: string[] = [];
  const texts: string[] = [];
  for (const file of files.filter((each) => typeof each === "string")) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null) problems.push(`ca: ${file} cannot be read`);
    else if (!isEveryOneReadable(text)) problems.push(`ca: ${file} holds no certificates as PEM (BEGIN CERTIFICATE)`);
    else texts.push(text);
  }
  const own = extra ? await readFile(extra, "utf8").catch(() => "") : "";
  if (isEveryOneReadable(own)) texts.push(own);
  return { ca: texts.length === 0 ? null : texts.join("\n"), problems };
}

/**
 * For Node's TLS, where naming one authority would put all others away. Made once for many connections: reading every
 * authority takes longer than a request.
 */
export function trusting(ca: string | null): { readonly secureContext?: SecureContext } {
  if (ca === null) return {};
  return { secureContext: createSecureContext({ ca: [...rootCertificates, ...certificatesIn(ca)] }) };
}

/**
 * The keys by which Chromium is told whom to trust: those of the authorities, and those of the servers that Node trusts
 * because of them. Chromium looks for them in what a server sends, and servers do not send their authority.
 */
export async function trustedKeys(ca: string | null, origins: readonly string[]): Promise<readonly string[]> {
  if (ca === null) return [];
  const secure = [...new Set(origins)].map((each) => new URL(each)).filter(({ protocol }) => protocol === "https:");
  const served = await Promise.all(secure.map((each) => certificateOf(each, ca)));
  const known = certificatesIn(ca).map((each) => new X509Certificate(each));
  return [...known, ...served.filter((each) => each !== null)].map(keyOf);
}

/** Why a server is not trusted, and what to do; `null` for every other failure. */
export function sayDistrust(code: string | undefined, origin: string): string | null {
  if (code !== undefined && unknownAuthority.has(code))
    return `${origin} has a certificate of an authority that is not trusted here (${code}): name its file with --ca FILE, as ca in the audit file, or in NODE_EXTRA_CA_CERTS`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return `${origin} has a certificate for another name (${code})`;
  if (code === "CERT_HAS_EXPIRED") return `${origin} has a certificate that has expired (${code})`;
  return null;
}

const unknownAuthority: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

function isEveryOneReadable(pem: string): boolean {
  try {
    return certificatesIn(pem).map((each) => new X509Certificate(each)).length > 0;
  } catch {
    return false;
  }
}

function keyOf({ publicKey }: X509Certificate): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}

const patience = 5_000;

/** What a server shows, if Node trusts it; `null` if it does not, or nothing answers. */
function certificateOf({ hostname, port }: URL, ca: string): Promise<X509Certificate | null> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) === 0 && { servername: host }),
      ...trusting(ca),
      ...lookupFor(host),
    });
    const end = (found: X509Certificate | null) => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(patience, () => end(null));
    socket.once("error", () => end(null));
    socket.once("secureConnect", () => end(socket.getPeerX509Certificate() ?? null));
  });
}
