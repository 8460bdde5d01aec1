import { comparePairs } from "./matrix.ts";
import { isShownInBrowser } from "./pairs.ts";

comparePairs({ of: ({ id }) => /^X-(CRED|COOK|TLS|TOK|BIND)/.test(id), inBrowser: isShownInBrowser });
