/** What a client asked of one session, and what it was told. An `answer` of `null` says nothing: the outcome is unknown. */
export type Act =
  | { readonly do: "log in"; readonly value: string; readonly token: string }
  | { readonly do: "open"; readonly token: string; readonly answer: Opened }
  | {
      readonly do: "update";
      /** The value it replaced, in the last run of its change. */
      readonly seen: string | undefined;
      readonly value: string;
      /** A ticket it left for one taker; `null`: whatever ticket there is stays. */
      readonly ticket: string | null;
      readonly answer: "done" | Refusal | null;
    }
  | { readonly do: "take"; readonly answer: { readonly ticket: string | null } | Refusal | null }
  | { readonly do: "renew"; readonly token: string; readonly to: string; readonly answer: "done" | Refusal | null }
  /** A login that carries the value of this session into another one. */
  | { readonly do: "carry"; readonly token: string; readonly answer: { readonly value: string } | "nothing" | null }
  | {
      readonly do: "remove";
      readonly by: "end" | "revoke" | "revoke-all" | "login";
      /** `true`, `false`: whether this call removed it; `"done"`: it is removed, by whomever. */
      readonly answer: boolean | "done" | null;
      /** Asked again after a silence: then `true` says no more than `"done"`. */
      readonly repeated: boolean;
      /** Whether the store promises that a failover does not undo it. */
      readonly isFinal: boolean;
    }
  | { readonly do: "list"; readonly answer: boolean }
  /** A replica that had not heard everything took over: acknowledged writes of the last moments may be undone. */
  | {
      readonly do: "fail over";
      /** What was answered before this number had reached every replica. */
      readonly since: number;
    };

export type Opened =
  | { readonly value: string; readonly ticket: string | null }
  /** Why nobody is signed in. */
  | { readonly refused: string };

export type Refusal = "ended" | "superseded";

/** One operation on one session. */
export interface Operation {
  readonly client: string;
  readonly session: string;
  /** Numbers of one sequence over the whole history: whatever was answered before another was asked came before it. */
  readonly asked: number;
  /** `null`: the client never learned what became of it. It may take effect at any later time, or never. */
  readonly answered: number | null;
  /** After what was asked later than this it cannot take effect any more. Default: it can at any time. */
  readonly latest?: number;
  readonly act: Act;
}

/** Whether the operation changes nothing, whatever it was told. */
export function onlyLooks({ act }: Operation): boolean {
  if (act.do === "open" || act.do === "list") return true;
  if (act.do === "update" || act.do === "renew") return act.answer === "ended" || act.answer === "superseded";
  if (act.do === "take") return act.answer === "ended" || act.answer === "superseded";
  return act.do === "remove" && act.answer === false;
}
