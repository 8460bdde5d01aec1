/* What can be said about tokens from outside. Never that they are random: only that they are not. */

const alphabets: readonly (readonly [RegExp, number])[] = [
  [/^[0-9]$/, 10],
  [/^[0-9a-f]$/, 16],
  [/^[0-9A-F]$/, 16],
  [/^[0-9a-z]$/, 36],
  [/^[0-9A-Z]$/, 36],
  [/^[0-9A-Za-z]$/, 62],
];
/** The 64 of base64, and what stands around it. */
const largest = 64;
/** A place with so few different characters in so many tokens is framing, like the variant digit of a UUID. */
const framing = 4;

/** The most bits that tokens of this form can hold: what never changes holds none. */
export function ceilingBits(tokens: readonly string[]): number {
  const length = Math.min(...tokens.map((token) => token.length));
  const places = Array.from({ length }, (_, at) => new Set(tokens.map((token) => token[at] ?? "")));
  const varying = places.filter((place) => place.size > 1);
  const used = [...new Set(varying.flatMap((place) => [...place]))];
  const size = alphabets.find(([pattern]) => used.every((letter) => pattern.test(letter)))?.[1] ?? largest;
  return varying.reduce(
    (bits, place) => bits + Math.log2(place.size <= framing && size > framing ? place.size : size),
    0,
  );
}

/** Something that only grows: where it stands, and how many bits that leaves to the rest. */
export interface Growing {
  readonly what: string;
  readonly bitsLeft: number;
}

/** Looks for a number that grows from each token to the next: in digits, or in the bytes that hex or base64 stand for. */
export function findGrowing(tokens: readonly string[]): Growing | null {
  const digits = tokens.map((token) => token.match(/\d{6,}/g) ?? []);
  const groups = Math.min(...digits.map((found) => found.length));
  for (let group = 0; group < groups; group++) {
    const numbers = digits.map((found) => BigInt(found[group] ?? "0"));
    // Digits inside hexadecimal are no number of their own.
    if (grows(numbers) && !tokens.every((token) => /^[0-9a-f]{16,}$/i.test(token))) {
      const rest = tokens.map((token, at) => token.replace(digits[at]?.[group] ?? "", ""));
      return { what: "a decimal number", bitsLeft: ceilingBits(rest) };
    }
  }
  for (const [name, { decode, letters }] of Object.entries(decoders)) {
    const bytes = tokens.map(decode);
    if (bytes.some((each) => each === null)) continue;
    const buffers = bytes as readonly Buffer[];
    const length = Math.min(...buffers.map((each) => each.length));
    for (const width of [8, 6, 4]) {
      for (let at = 0; at + width <= length; at++) {
        if (grows(buffers.map((each) => BigInt(`0x${each.subarray(at, at + width).toString("hex")}`)))) {
          const rest = tokens.map(
            (token) => token.slice(0, Math.floor(at * letters)) + token.slice(Math.ceil((at + width) * letters)),
          );
          return { what: `a number in bytes ${at + 1} to ${at + width} of the ${name}`, bitsLeft: ceilingBits(rest) };
        }
      }
    }
  }
  return null;
}

function grows(numbers: readonly bigint[]): boolean {
  return numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0n));
}

interface Decoder {
  readonly decode: (token: string) => Buffer | null;
  /** Of the text, for one byte. */
  readonly letters: number;
}

const decoders: Readonly<Record<string, Decoder>> = {
  hexadecimal: {
    letters: 2,
    decode(token) {
      const hex = token.replaceAll("-", "");
      return /^[0-9a-f]{8,}$/i.test(hex) && hex.length % 2 === 0 ? Buffer.from(hex, "hex") : null;
    },
  },
  base64: {
    letters: 4 / 3,
    decode: (token) => (/^[\w+/-]{8,}={0,2}$/.test(token) ? Buffer.from(token, "base64url") : null),
  },
};

/** Everything a token may say in clear: itself, and what its parts decode to. */
export function decodings(token: string): readonly string[] {
  const whole = [token, safelyDecoded(token)];
  const parts = whole.flatMap((each) => each.split(/[.:|!~]/)).filter((part) => part.length >= 4);
  const decoded = [...whole, ...parts].flatMap((part) =>
    Object.values(decoders).map(({ decode }) => decode(part)?.toString("utf8") ?? ""),
  );
  return [...whole, ...decoded].filter((text) => text !== "");
}

export function isJsonWebToken(token: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}

function safelyDecoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
