import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * A process of its own that answers messages one by one with `{ result }` or `{ error }`. `file` is relative to bench/.
 * It ends with this one, because its channel closes.
 */
export function startChild(file, parameters = [], { execArgv = [], env = {} } = {}) {
  const child = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), parameters, {
    execArgv,
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const settle = (act) => (value) => {
        child.off("message", onMessage).off("exit", onExit);
        act(value);
      };
      const onMessage = (message) =>
        "error" in message
          ? settle(reject)(new Error(`${file} ${parameters.join(" ")}: ${message.error}`))
          : settle(resolve)(message.result);
      const onExit = (code) => settle(reject)(new Error(`${file} ${parameters.join(" ")} ended with ${code}`));
      child.on("message", onMessage).on("exit", onExit);
    });
  return {
    /** The first message: the child is ready. */
    ready: answer(),
    ask(message) {
      const answered = answer();
      child.send(message);
      return answered;
    },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", resolve);
        child.disconnect();
        setTimeout(() => child.kill("SIGKILL"), 2_000).unref();
      }),
  };
}
