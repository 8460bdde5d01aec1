import { comparePairs } from "./matrix.ts";

/** Flaws of tokens, of time and of what happens at once show in no page: `npm run test:long` looks there too. */
const showsInNoPage = /^X-(TLS|FIX|CONC|BIND|TOK|STEP|TIME-0[1235])/;

comparePairs({ inBrowser: ({ id }) => !showsInNoPage.test(id) });
