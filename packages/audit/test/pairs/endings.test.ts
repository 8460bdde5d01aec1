import { comparePairs } from "./matrix.ts";
import { isShownInBrowser } from "./pairs.ts";

comparePairs({ of: ({ id }) => /^X-(FIX|END|TIME|STEP)/.test(id), inBrowser: isShownInBrowser });
