import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";

const page = `<!doctype html><body><form><input name="user"><input name="pass" type="password"><button>Sign in</button></form>
<p></p><a href="#" hidden>Sign out</a><script>
const [form, said, out] = document.querySelectorAll("form, p, a");
const call = (method, path, body, headers) => fetch(path, { method, headers: { ...headers, "Content-Type": "application/json" },
  ...(body && { body: JSON.stringify(body) }) }).then((answer) => answer.json());
const show = async (token) => {
  const { name } = await call("GET", "/api/me", null, { Authorization: "Bearer " + token });
  said.textContent = name;
  out.hidden = false;
};
if (localStorage.getItem("token")) show(localStorage.getItem("token"));
form.onsubmit = async (event) => {
  event.preventDefault();
  const { csrf } = await call("GET", "/api/csrf");
  const login = { user: form.user.value, pass: form.pass.value };
  const { token } = await call("POST", "/api/login", { login }, { "X-CSRF-Token": csrf });
  localStorage.setItem("token", token);
  await show(token);
};
out.onclick = async () => {
  await call("POST", "/api/logout", {}, { Authorization: "Bearer " + localStorage.getItem("token") });
  localStorage.clear();
  location = "/";
};
</script>`;

/** An application whose pages are made by a script, with a CSRF token in a header and a bearer token in local storage. */
export function createSinglePage(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const passwords = new Map([["alice@example.test", "correct horse"]]);
  const unused = new Set<string>();
  const sessions = new Map<string, string>();

  return async (request, response) => {
    const say = (status: number, value: object) =>
      void response
        .writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" })
        .end(JSON.stringify(value));
    const bearer = request.headers.authorization?.slice("Bearer ".length) ?? "";
    switch (`${request.method} ${request.url}`) {
      case "GET /":
        response.writeHead(200, { "Content-Type": "text/html", "Cache-Control": "no-store" }).end(page);
        return;
      case "GET /api/csrf": {
        const csrf = randomUUID();
        unused.add(csrf);
        return say(200, { csrf });
      }
      case "POST /api/login": {
        const { login } = (await json(request)) as { login: { user: string; pass: string } };
        if (!unused.delete(String(request.headers["x-csrf-token"]))) return say(403, {});
        if (passwords.get(login.user) !== login.pass) return say(401, {});
        const token = randomUUID() + randomUUID();
        sessions.set(token, login.user);
        return say(200, { token });
      }
      case "GET /api/me":
        return sessions.has(bearer) ? say(200, { name: sessions.get(bearer) }) : say(401, {});
      case "POST /api/logout":
        sessions.delete(bearer);
        return say(200, {});
      case `POST /api/logout/${bearer}`:
        sessions.delete(bearer);
        return say(200, {});
      default:
        return say(404, {});
    }
  };
}
