import node from "@astrojs/node";
import { defineConfig } from "astro/config";

export default defineConfig({
  output: "server",
  adapter: node({ mode: "middleware" }),
  // The suite's requests are no browser's: they say by Sec-Fetch-Site where they come from, or by Origin.
  security: { checkOrigin: false },
});
