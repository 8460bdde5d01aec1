import { expect, test } from "vitest";
import { cookieValues } from "../../src/http/read-cookie.ts";

const name = "__Host-Http-id";

test.each([
  ["alone", "__Host-Http-id=a", ["a"]],
  ["between others", "theme=dark; __Host-Http-id=a; lang=en", ["a"]],
  ["without a space after the semicolon", "theme=dark;__Host-Http-id=a;lang=en", ["a"]],
  ["with spaces and tabs around the pair", " \t __Host-Http-id=a \t ; lang=en", ["a"]],
  ["twice with the same value", "__Host-Http-id=a; __Host-Http-id=a", ["a"]],
  ["twice with different values: tossed", "__Host-Http-id=a; __Host-Http-id=b", ["a", "b"]],
  ["a third value changes nothing", "__Host-Http-id=a; __Host-Http-id=b; __Host-Http-id=c", ["a", "b"]],
  ["empty beside a value: also two", "__Host-Http-id=; __Host-Http-id=b", ["", "b"]],
  ["empty", "__Host-Http-id=", [""]],
  ["with an equals sign in the value", "__Host-Http-id=a=b==", ["a=b=="]],
  ["in quotes, which belong to the value", '__Host-Http-id="a"', ['"a"']],
  ["with an escape, which is not decoded", "__Host-Http-id=%61", ["%61"]],
  ["with a space inside the value", "__Host-Http-id=a b", ["a b"]],
])("the value is found %s", (_where, header, values) => {
  expect(cookieValues(header, name)).toEqual(values);
});

test.each([
  ["nothing at all", ""],
  ["semicolons only", ";;; ; ;"],
  ["the name alone", "__Host-Http-id"],
  ["another case", "__host-http-id=a; __HOST-HTTP-ID=a"],
  ["the name without its prefix", "id=a"],
  ["a shorter prefix", "__Host-id=a; __Http-id=a; __Secure-id=a"],
  ["a longer name", "__Host-Http-id2=a; x__Host-Http-id=a"],
  ["a space before the equals sign", "__Host-Http-id =a"],
  ["an escaped name", "__Host%2DHttp-id=a; %5F%5FHost-Http-id=a"],
  ["a nameless cookie whose value looks like ours", "=__Host-Http-id=a"],
  ["another cookie's value", "a=__Host-Http-id=a; b= __Host-Http-id=a; c=x __Host-Http-id=a"],
  ["another cookie's value after a comma", "a=x, __Host-Http-id=a"],
  ["the old syntax of RFC 2109", '$Version="1"; $Path="/"'],
  // Browsers keep these in a name, where their rules for prefixes do not see them (a prefix bypass).
  ["a no-break space before the name", "\u00a0__Host-Http-id=a"],
  ["a next-line character before the name", "\u0085__Host-Http-id=a"],
  ["a byte order mark before the name", "\ufeff__Host-Http-id=a"],
  ["an em space before the name", "\u2003__Host-Http-id=a"],
  ["a vertical tab before the name", "\v__Host-Http-id=a"],
  ["a line feed before the name", "a=b;\n__Host-Http-id=a"],
])("there is no value in %s", (_what, header) => {
  expect(cookieValues(header, name)).toEqual([]);
});

test("white space that browsers keep stays in the value, which is then no token", () => {
  expect(cookieValues("__Host-Http-id=a\u00a0", name)).toEqual(["a\u00a0"]);
});

const megabyte = 1_000_000;
const tenThousand = Array.from({ length: 10_000 }, (_, index) => `c${index}=${index}`).join("; ");

test.each([
  ["10,000 cookies", `${tenThousand}; __Host-Http-id=a`, ["a"]],
  ["10,000 times our cookie", "__Host-Http-id=a; ".repeat(10_000), ["a"]],
  ["a megabyte of semicolons", `${";".repeat(megabyte)}__Host-Http-id=a`, ["a"]],
  ["a megabyte of blanks before it", `${" ".repeat(megabyte)}__Host-Http-id=a`, ["a"]],
  ["a megabyte of blanks after it", `__Host-Http-id=a${" ".repeat(megabyte)}`, ["a"]],
  ["a megabyte of nearly our name", `${"__Host-Http-i; ".repeat(megabyte / 15)}__Host-Http-id=a`, ["a"]],
  ["a megabyte of our name in a value", `x=${"__Host-Http-id=".repeat(megabyte / 15)}`, []],
  ["a megabyte of our name after blanks", `x= ${" __Host-Http-id=".repeat(megabyte / 16)}`, []],
  ["a megabyte of value", `__Host-Http-id=${"a".repeat(megabyte)}`, ["a".repeat(megabyte)]],
])("%s are read within milliseconds", (_what, header, values) => {
  cookieValues(header, name);
  const start = performance.now();
  const read = cookieValues(header, name);
  // Some 5 ms even for the worst of them; ten times that on a busy machine. What is not linear takes minutes.
  expect(performance.now() - start).toBeLessThan(50);
  expect(read).toEqual(values);
});
