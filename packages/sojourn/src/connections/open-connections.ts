import { managerProblems } from "../adapters/shared/adapter-options.ts";
import type { SessionId, UserId } from "../core/ids.ts";
import type { RequestFacts } from "../core/request.ts";
import type { AuthenticatedSession } from "../core/session.ts";
import type { Credentials } from "../core/standing.ts";
import type { SessionManager } from "../manager.ts";
import { type Closing, goingAway, tooMany } from "./closing.ts";
import { judgeHandshake, type Refused, refusal } from "./handshake.ts";
import { checkedOptions, type OpenConnectionsOptions } from "./options.ts";
import { type Watcher, watchSessions } from "./watched-sessions.ts";

/** The open connections of one process, each closed when its session is over, wherever in the fleet it was ended. */
export interface OpenConnections<Data extends object> {
  /**
   * Judges the handshake of a connection: its session, and where it comes from, also of one that opens with a plain GET.
   * A connection that is let in must be held as soon as it is open. Answers 503 where the store does not; throws nothing of its own.
   */
  admit(request: RequestFacts): Promise<Admission<Data>>;
  readonly stats: ConnectionStats;
  /** Starts to listen for changes and resolves when it does; otherwise the first connection starts that. Rejects if the first attempt fails, and says why. */
  ready(): Promise<void>;
  /** Closes all connections with 1001, and takes no more: before a process ends. */
  close(): Promise<void>;
}

export interface ConnectionStats {
  readonly connections: number;
  /** The sessions they belong to. */
  readonly sessions: number;
  /** Closed by the library since the start. */
  readonly closed: number;
  /** Whether changes are told: `down` while it is interrupted, `off` before the first connection, and where the store is asked about every session. */
  readonly feed: "off" | "down" | "up";
}

export type Admission<Data extends object> = Admitted<Data> | Refused;

export interface Admitted<Data extends object> {
  readonly admitted: true;
  /** As it was at the handshake: `data` is read again by a request, and what needs a cookie throws `ERR_RESPONSE_SENT`. */
  readonly session: AuthenticatedSession<Data>;
  /**
   * Holds the connection from here on. `close` is called once, when it must be closed, with the code; at once where the
   * session has too many. Call `release` when it is closed by anybody else.
   */
  hold(close: (closing: Closing) => void): Connection;
}

/** A connection that is held. */
export interface Connection {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  /** `false` from the moment it must be closed, or was released: what still comes over it is nobody's. */
  readonly isOpen: boolean;
  /**
   * What just came over it was the user's doing: keeps the session awake as a request does. Call it as often as you like,
   * the store is asked about once a minute. Nothing else that comes over a connection is activity.
   */
  activity(): void;
  /** The connection is closed. May be called twice. */
  release(): void;
}

/**
 * The open connections of this process: WebSockets, event streams, whatever stays open. A connection stands as long as
 * the request it was opened with would be served again. Throws `OptionsError`.
 */
export function openConnections<Data extends object>(
  manager: SessionManager<Data>,
  options: OpenConnectionsOptions = {},
): OpenConnections<Data> {
  const { perSession, ...timing } = checkedOptions(options, managerProblems(manager));
  const { standing } = manager;
  const sessions = watchSessions(standing, timing);
  const held = new Set<Held>();
  let closed = 0;
  let isClosed = false;

  const isFull = (id: SessionId) => sessions.of(id).size >= perSession;

  function hold(
    session: AuthenticatedSession<Data>,
    credentials: Credentials,
    close: (closing: Closing) => void,
  ): Held {
    const connection = new Held({
      // Not the session itself, whose handle has the token.
      userId: session.userId,
      ...{ credentials, close },
      onActivity: sessions.touch,
      onClosing: () => closed++,
      onOver: (over) => held.delete(over) && sessions.remove(over),
    });
    if (isClosed) connection.close(goingAway);
    // Asked again: other handshakes may have come first.
    else if (isFull(session.id)) connection.close(tooMany);
    else {
      held.add(connection);
      sessions.add(connection);
    }
    return connection;
  }

  return Object.freeze<OpenConnections<Data>>({
    async admit(request) {
      if (isClosed) return refusal("going-away", 503);
      const session = await judgeHandshake(request, manager);
      if ("admitted" in session) return session;
      const credentials = standing.credentialsOf(request);
      if (credentials === null || credentials.sessionId !== session.id) return refusal("signed-out", 401);
      if (isFull(session.id)) return refusal("too-many-connections", 429);
      return { admitted: true, session, hold: (close) => hold(session, credentials, close) };
    },
    get stats() {
      return { connections: held.size, sessions: sessions.size, closed, feed: sessions.feed };
    },
    ready: () => sessions.ready(),
    close() {
      isClosed = true;
      for (const connection of [...held]) connection.close(goingAway);
      return sessions.close();
    },
  });
}

interface HeldParts {
  readonly userId: UserId;
  readonly credentials: Credentials;
  close(closing: Closing): void;
  onActivity(connection: Held): void;
  onClosing(): void;
  onOver(connection: Held): void;
}

class Held implements Connection, Watcher {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly credentials: Credentials;
  readonly #parts: HeldParts;
  #isOpen = true;

  constructor(parts: HeldParts) {
    this.sessionId = parts.credentials.sessionId;
    this.userId = parts.userId;
    this.credentials = parts.credentials;
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(closing: Closing): void {
    if (!this.#isOpen) return;
    this.release();
    this.#parts.onClosing();
    try {
      this.#parts.close(closing);
    } catch {
      // A socket that cannot even be closed: nothing that comes over it is heard any more.
    }
  }

  release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#parts.onOver(this);
  }

  activity(): void {
    if (this.#isOpen) this.#parts.onActivity(this);
  }
}
