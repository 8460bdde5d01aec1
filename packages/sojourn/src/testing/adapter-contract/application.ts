import type { SessionManager } from "../../manager.ts";

/** What the sessions of the application under test hold. */
export interface AdapterApplicationData {
  readonly count: number;
}

/** What an application under test is built from. */
export interface AdapterApplicationOptions {
  readonly manager: SessionManager<AdapterApplicationData>;
  /** Whether 127.0.0.1 is to be named as the proxy that ends TLS. */
  readonly isBehindProxy: boolean;
}

/** An application that listens on a real socket of this machine. */
export interface AdapterApplication {
  /** For example `http://127.0.0.1:49152`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Starts an application that serves these routes with the adapter under test, the session opened before any body is read:
 *
 * | Route | Does |
 * |---|---|
 * | GET, HEAD `/me` | JSON `{ kind, userId, because, count }`; `null` for what there is not |
 * | GET `/poll` | the same, as a request the user did not make |
 * | GET `/public` | says `hello` with `Cache-Control: public, max-age=60` and `Vary: Accept-Encoding`; asks nothing of the session |
 * | GET `/csrf-token` | the session's CSRF token as text |
 * | GET, HEAD, POST any path that ends in `/sensitive` | says `done` to users who proved who they are within 5 minutes; others are sent to `/confirm` |
 * | GET `/failing` | throws an error that has nothing to do with sessions |
 * | POST `/confirm` | records that the user proved `aal2` (`elevate`), then answers 204 |
 * | POST `/count` | adds one to `count`, then answers 204 |
 * | POST `/slow` | reads the whole body, then does as `/count` |
 * | POST `/echo` | answers with the request's body, each piece as it arrives |
 * | POST `/login` | logs in the user whom the body names, keeping nothing; answers 204 if the request's session is then authenticated |
 * | POST `/login/redirect` | the same, and answers 303 to `/me` |
 * | POST `/login/dressed` | sets `Cache-Control: public`, `Vary: Accept-Encoding` and a cookie `theme=dark`; then as `/login` |
 * | POST `/login/failing` | logs in, then throws an error that has nothing to do with sessions |
 * | POST `/login/late` | sends its headers, then logs in; the body is the code of the error it met, or `none` |
 * | POST `/logout` | ends the session, then answers 204 |
 *
 * An error of the library is answered with its `status` and JSON `{ "error": code }`; any other with 500.
 */
export type StartAdapterApplication = (options: AdapterApplicationOptions) => Promise<AdapterApplication>;
