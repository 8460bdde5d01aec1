import { createServer } from "node:http";
import express from "express";
import { createSessionManager } from "sojourn";
import { acceptWebSockets, nodeEventStream, openConnections } from "sojourn/connections";
import { expressSessions } from "sojourn/express";
import { memoryStore } from "sojourn/memory";
import { WebSocketServer } from "ws";

const manager = createSessionManager({ store: memoryStore(), origins: ["http://localhost:3000"] });
const sessions = expressSessions(manager);
const connections = openConnections(manager); // one for the whole process

const app = express();
app.get("/events", async (request, response) => {
  const stream = await nodeEventStream(connections, { request, response });
  stream?.send({ data: `Hello, ${stream.session.userId}` });
});

app.use(express.urlencoded({ extended: false }), sessions.middleware);
app.get("/login", (_request, response) => {
  response.send(`<form method="post"><input name="name"><input name="password" type="password">
    <button>Log in</button></form>`);
});
app.post("/login", async (request, response) => {
  const { name, password } = request.body;
  if (!(await isRight(name, password))) return response.redirect(303, "/login");
  await sessions.of(request).authenticate({ id: name, keep: "none" });
  response.redirect(303, "/");
});
app.post("/logout", async (request, response) => {
  await sessions.of(request).end();
  response.redirect(303, "/login");
});
app.get("/", sessions.requireUser({ at: "/login" }), (request, response) => {
  response.type("text").send(`Hello, ${sessions.userOf(request).userId}, for the 1. time`);
});

const server = createServer(app);
const sockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 });
const onUpgrade = acceptWebSockets(connections, sockets, (socket, { session, connection }) => {
  socket.send(`Hello, ${session.userId}`);
  socket.on("message", (text) => {
    connection.activity(); // somebody typed this: it keeps the session awake
    socket.send(`You said: ${text}`);
  });
});
server.on("upgrade", onUpgrade);

const port = Number(process.env.PORT ?? 3000);
server.listen(port, "127.0.0.1", () => console.log(`serving http://127.0.0.1:${Object(server.address()).port}`));

/** Yours: look the user up and compare with a stored hash. */
async function isRight(name: unknown, password: unknown): Promise<boolean> {
  return name === "alice" && password === "correct horse";
}
