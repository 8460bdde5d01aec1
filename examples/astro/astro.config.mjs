import node from "@astrojs/node";
import { defineConfig } from "astro/config";

export default defineConfig({
  output: "server",
  adapter: node({ mode: "standalone" }),
  // Astro's own guard looks at forms alone, and the sessions' guard at every request that changes something.
  security: { checkOrigin: false },
});
