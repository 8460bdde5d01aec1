import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";

const app = createApp({ secret: "keyboard cat", resave: false, saveUninitialized: false });
const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`serving http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
