import { comparePairs } from "../pairs/matrix.ts";

comparePairs({ inBrowser: () => true });
