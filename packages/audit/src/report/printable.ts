/** A target's text may hold what a terminal obeys, or what turns the order of letters around. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, "�");
}
