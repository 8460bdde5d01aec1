/** Whether `text` has the shape of an e-mail address. Whether it exists, only a letter to it could tell. */
export function isEmail(text: string): boolean {
  return text.length <= 200 && /^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)*$/.test(text);
}
