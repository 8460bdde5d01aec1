// Runs one program of the documentation: node run-program.mjs FILE [--serve]
// Wherever it listens, it listens on a free port of this machine instead. What it serves is asked for its front page, and
// then the program has to end by itself; with --serve it prints the address and goes on until it is ended.
import { once } from "node:events";
import { createServer } from "node:http";
import { Server } from "node:net";
import { pathToFileURL } from "node:url";

const [file, mode] = process.argv.slice(2);
const servers = [];
const { listen } = Server.prototype;
Server.prototype.listen = function (...given) {
  servers.push(this);
  return listen.call(this, 0, "127.0.0.1", ...given.filter((each) => typeof each === "function"));
};

const program = await import(pathToFileURL(file).href);
if (typeof program.default?.fetch === "function") createServer(answerWith(program.default.fetch)).listen();

for (const server of servers) {
  if (!server.listening) await once(server, "listening");
  const origin = `http://localhost:${server.address().port}`;
  if (mode === "--serve") {
    console.log(`serving ${origin}`);
  } else {
    const { status } = await fetch(origin);
    if (status >= 500) throw new Error(`The program answers its front page with ${status}`);
    server.close();
    server.closeAllConnections();
  }
}

/** A handler of standard requests, as the listener of a Node server. */
function answerWith(handler) {
  return async (incoming, outgoing) => {
    const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
    const body = hasBody ? Buffer.concat(await incoming.toArray()) : null;
    const url = `http://${incoming.headers.host}${incoming.url}`;
    const response = await handler(new Request(url, { method: incoming.method, headers: incoming.headers, body }));
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
    outgoing.writeHead(response.status).end(Buffer.from(await response.arrayBuffer()));
  };
}
