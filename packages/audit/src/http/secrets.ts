/** Everything that must not be seen, and the tag that stands in its place. The same secret always has the same tag. */
export interface Secrets {
  /** Nothing more is learned: the target has issued more than any application does, and nothing may be sent to it. */
  readonly isFull: boolean;
  /** From now on `value` is replaced by `[name #1]`, in whatever way it is written. */
  learn(name: string, value: string): void;
  /** `text` without any secret learned so far. */
  redact(text: string): string;
  /** The tag of one value, whether it was learned or not: for places that hold nothing but a secret. */
  tagOf(name: string, value: string): string;
}

/** A shorter value would be found by chance all over a page. */
export const shortestSecret = 4;
const indexed = 4;
/** A whole audit of an application that replaces its token with every answer issues a few thousand. */
const knownAtMost = 20_000;

export function createSecrets(): Secrets {
  const tags = new Map<string, string>();
  const learned = new Set<string>();
  /** Every spelling of every secret, by how it begins. */
  const spellings = new Map<string, { readonly text: string; readonly tag: string }[]>();

  function tagOf(name: string, value: string): string {
    const known = tags.get(value);
    if (known) return known;
    if (tags.size >= knownAtMost) return `[${name}]`;
    const tag = `[${name} #${tags.size + 1}]`;
    tags.set(value, tag);
    return tag;
  }

  return {
    tagOf,
    get isFull() {
      return tags.size >= knownAtMost;
    },
    learn(name, value) {
      if (value.length < shortestSecret || learned.has(value) || tags.size >= knownAtMost) return;
      learned.add(value);
      const tag = tagOf(name, value);
      for (const text of spellingsOf(value)) {
        const start = text.slice(0, indexed);
        const list = spellings.get(start) ?? [];
        const at = list.findIndex((each) => each.text.length < text.length);
        list.splice(at < 0 ? list.length : at, 0, { text, tag });
        spellings.set(start, list);
      }
    },
    redact(text) {
      let clean = "";
      let from = 0;
      for (let at = 0; at < text.length; ) {
        const found = spellings.get(text.slice(at, at + indexed))?.find((each) => text.startsWith(each.text, at));
        if (found) {
          clean += text.slice(from, at) + found.tag;
          at += found.text.length;
          from = at;
        } else at++;
      }
      return (clean + text.slice(from)).replaceAll(jsonWebToken, "[a token]");
    },
  };
}

/** Three parts of base64url, of which the first says `{"`: a token, whoever it belongs to. */
const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;

/** As it may stand in a header, a URL, a form, JSON, HTML or a Basic credential. */
function spellingsOf(value: string): ReadonlySet<string> {
  const inUrl = encodeURIComponent(value.toWellFormed());
  const inJson = JSON.stringify(value).slice(1, -1);
  const inHtml = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const all = [
    value,
    inUrl,
    inUrl.replaceAll(/%../g, (code) => code.toLowerCase()),
    encodeURIComponent(inUrl),
    new URLSearchParams({ a: value }).toString().slice(2),
    inJson,
    inJson.replaceAll("/", "\\/"),
    inJson.replaceAll(/[<>&']/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
    inHtml,
    ...["&#39;", "&#x27;", "&#039;"].map((quote) => inHtml.replaceAll("'", quote)),
    ...["'", "&#39;", "&#x27;", "&#039;"].map((quote) => inHtml.replaceAll(">", "&gt;").replaceAll("'", quote)),
    decoded(value),
    Buffer.from(value).toString("base64url"),
    Buffer.from(value).toString("base64"),
    Buffer.from(value).toString("hex"),
  ];
  return new Set(all.filter((text) => text.length >= shortestSecret));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
