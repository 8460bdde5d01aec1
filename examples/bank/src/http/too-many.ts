import type { Response } from "express";
import { RefusedError } from "./refused-error.ts";

/** Answers somebody who has tried too many passwords; the same for accounts that do not exist. */
export function tooManyAttempts(response: Response, secondsToWait: number): RefusedError {
  response.set("Retry-After", String(secondsToWait));
  return new RefusedError({
    status: 429,
    title: "Too many attempts",
    text: `Please wait ${Math.ceil(secondsToWait / 60)} minutes, then try again.`,
    link: { path: "/", text: "To the front page" },
  });
}
