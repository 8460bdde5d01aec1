import { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { send } from "./answers.ts";
import type { Flaws } from "./flaws.ts";
import type { Session, Sessions } from "./sessions.ts";

interface Extras {
  /** Answers what nobody needs to be signed in for; `false` if it is something else. */
  toNobody(route: string, response: ServerResponse, fields: URLSearchParams): boolean;
  /** Answers what its session alone decides; `false` if it is something else. */
  toMember(route: string, response: ServerResponse, session: Session): Promise<boolean>;
  /** Says on every open stream of the user's that something has changed. */
  tell(user: string): void;
}

interface OpenStream {
  write(text: string): unknown;
  end(): unknown;
}

interface Around {
  readonly sessions: Sessions;
  give(response: ServerResponse, session: Session): void;
}

/** What few applications have: a reset, disabled accounts, a stream, renewal, proofs, a counter and a voucher. */
export function createExtras(flaws: Flaws, { sessions, give }: Around): Extras {
  const streams = new Map<OpenStream, Session>();
  const sockets = new WebSocketServer({ noServer: true });
  sessions.onEnd = (session) => {
    for (const [stream, { token }] of streams) {
      const isLeft = flaws.has(stream instanceof ServerResponse ? "X-END-11" : "X-END-11 over a WebSocket");
      if (token === session.token && !isLeft) stream.end();
    }
  };

  return {
    toNobody(route, response, fields) {
      const user = fields.get("email") ?? "";
      if (route === "POST /reset") {
        if (flaws.has("X-FIX-07")) give(response, sessions.create(user));
        send(response, 200, "We have sent you a code.");
      } else if (route === "POST /disable" || route === "POST /enable") {
        sessions.disabled[route === "POST /disable" ? "add" : "delete"](user);
        send(response, 204);
      } else return false;
      return true;
    },

    async toMember(route, response, session) {
      switch (route) {
        case "GET /socket": {
          const { req: request, socket } = response;
          if (!socket || request.headers.upgrade !== "websocket") return false;
          response.detachSocket(socket);
          sockets.handleUpgrade(request, socket, Buffer.alloc(0), (opened) => {
            const stream = { write: (text: string) => opened.send(text), end: () => opened.close() };
            streams.set(stream, session);
            opened.once("close", () => streams.delete(stream));
          });
          return true;
        }
        case "GET /events":
          response.writeHead(200, { "Content-Type": "text/event-stream" }).write(": open\n\n");
          streams.set(response, session);
          response.once("close", () => streams.delete(response));
          return true;
        case "POST /renew":
          give(response, sessions.renew(session, flaws.has("X-TIME-05") ? { createdAt: sessions.now() } : {}));
          send(response, 204);
          return true;
        case "POST /prove":
          if (flaws.has("X-STEP-02"))
            for (const each of sessions.of(session.user ?? "")) each.provedAt = sessions.now();
          give(response, sessions.renew(session, { provedAt: sessions.now() }));
          send(response, 204);
          return true;
        case "POST /count": {
          const before = session.count;
          if (flaws.has("X-CONC-04")) await delay(5);
          session.count = before + 1;
          send(response, 204);
          return true;
        }
        case "POST /redeem": {
          const isGood = session.hasVoucher;
          if (flaws.has("X-CONC-05")) await delay(5);
          session.hasVoucher = false;
          send(response, isGood ? 200 : 409);
          return true;
        }
        default:
          return false;
      }
    },

    tell(user) {
      for (const [stream, session] of streams) if (session.user === user) stream.write("data: changed\n\n");
    },
  };
}
