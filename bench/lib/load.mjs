// The load, in a process of its own: keep-alive connections, each with one request under way, a fixed number of requests.
// Every response is looked at; one that does not say what a logged-in user sees fails the run.
import { connect } from "node:net";

process.on("message", async (job) => {
  try {
    process.send({ result: await run(job) });
  } catch (error) {
    process.send({ error: String(error?.message ?? error) });
  }
});
process.on("disconnect", () => process.exit(0));

function run({ port, cookies, amount, connections, body, awake }) {
  const requests = cookies.map((cookie) =>
    Buffer.from(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench\r\nAccept: text/html,*/*;q=0.8\r\n` +
        `Accept-Encoding: gzip\r\n${cookie === "" ? "" : `Cookie: ${cookie}\r\n`}\r\n`,
      "latin1",
    ),
  );
  let begun = 0;
  let done = 0;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    let isOver = false;
    // Whoever writes to a process that sleeps pays for waking it: the server would, the more often the longer it takes.
    const stayAwake = () => void (isOver || setImmediate(stayAwake));
    if (awake) stayAwake();
    const sockets = Array.from({ length: connections }, () => connect({ port, host: "127.0.0.1", noDelay: true }));
    const finish = (settle, value) => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
      settle(value);
    };
    for (const socket of sockets) {
      let answer = "";
      const next = () => {
        if (begun < amount) socket.write(requests[begun++ % requests.length]);
      };
      socket.setEncoding("latin1");
      socket.setTimeout(10_000, () => finish(reject, new Error(`no answer within 10 s after ${done} requests`)));
      socket.once("connect", next);
      socket.once("error", (error) => finish(reject, error));
      socket.once(
        "close",
        () => done < amount && finish(reject, new Error(`the server closed after ${done} requests`)),
      );
      socket.on("data", (chunk) => {
        answer += chunk;
        const head = answer.indexOf("\r\n\r\n");
        if (head < 0 || !isWhole(answer, head)) return;
        if (!answer.startsWith("HTTP/1.1 200") || !answer.includes(body, head)) {
          return finish(
            reject,
            new Error(`an unexpected answer: ${answer.slice(0, 400).replaceAll(/cookie:.*/gi, "cookie: ...")}`),
          );
        }
        answer = "";
        done++;
        if (done === amount) finish(resolve, { seconds: (performance.now() - start) / 1000 });
        else next();
      });
    }
  });
}

/** By the length it states, or by the empty chunk it ends with. */
function isWhole(answer, head) {
  if (answer.endsWith("0\r\n\r\n")) return true;
  const length = /^content-length: *(\d+)/im.exec(answer);
  return length !== null && length.index < head && answer.length >= head + 4 + Number(length[1]);
}
