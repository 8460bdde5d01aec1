import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
export default {
  turbopack: { root: fileURLToPath(new URL("../../../..", import.meta.url)) },
  // The compiler of the repository looks at it: npm run check.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
};
