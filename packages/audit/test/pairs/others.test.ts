import { comparePairs } from "./matrix.ts";
import { isShownInBrowser } from "./pairs.ts";

comparePairs({ of: ({ id }) => /^X-(CSRF|CACHE|CONC)/.test(id), inBrowser: isShownInBrowser });
