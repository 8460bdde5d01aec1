import { fileURLToPath } from "node:url";

// Only because `sojourn` is linked from this repository.
export default { turbopack: { root: fileURLToPath(new URL("../..", import.meta.url)) } };
