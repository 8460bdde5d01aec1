/** Everything that must not be seen, and the tag that stands in its place. The same secret always has the same tag. */
export interface Secrets {
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

export function createSecrets(): Secrets {
  const tags = new Map<string, string>();
  const learned = new Set<string>();
  /** Every spelling of every secret, by how it begins. */
  const spellings = new Map<string, { readonly text: string; readonly tag: string }[]>();

  function tagOf(name: string, value: string): string {
    const known = tags.get(value);
    if (known) return known;
    const tag = `[${name} #${tags.size + 1}]`;
    tags.set(value, tag);
    return tag;
  }

  return {
    tagOf,
    learn(name, value) {
      if (value.length < shortestSecret || learned.has(value)) return;
      learned.add(value);
      const tag = tagOf(name, value);
      for (const text of spellingsOf(value)) {
        const start = text.slice(0, indexed);
        const list = spellings.get(start) ?? [];
        list.push({ text, tag });
        list.sort((a, b) => b.text.length - a.text.length);
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
  const all = [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ a: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
    decoded(value),
    Buffer.from(value).toString("base64url"),
    Buffer.from(value).toString("base64"),
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
