import type { Session } from "../../../src/index.ts";
import type { AdapterApplicationData as Data } from "../../../src/testing/index.ts";

/** What `/me` says. */
export function aboutMe(session: Session<Data>) {
  const { kind, userId } = session;
  const because = session.kind === "anonymous" ? session.because : null;
  const count = session.kind === "locked" ? null : (session.data.count ?? null);
  return { kind, userId, because, count };
}

export function countOne(draft: { count?: number }): undefined {
  draft.count = (draft.count ?? 0) + 1;
}

export function logIn(session: Session<Data>, user: string) {
  return session.authenticate({ id: user, keep: "none" });
}

export async function addOne(session: Session<Data>): Promise<void> {
  if (session.kind === "locked") throw new TypeError("No check of the suite counts in a locked session");
  await session.update(countOne);
}

/** The user proves who they are again, with a second factor. */
export async function stepUp(session: Session<Data>): Promise<void> {
  if (session.kind !== "authenticated") throw new TypeError("No check of the suite steps up without being logged in");
  await session.elevate("aal2");
}

/** The code of the error that `act` meets, or `none`. */
export async function codeMetBy(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return "none";
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}
