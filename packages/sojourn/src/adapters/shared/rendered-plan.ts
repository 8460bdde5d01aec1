import { ResponsePlan } from "../../http/response-plan.ts";
import { withPlan } from "./fetch-http.ts";

/** The plan of a response that a framework makes as a standard one: open until that is there. */
export class RenderedPlan extends ResponsePlan {
  /** Where to do what comes too late: part of the error's message. */
  readonly instead: string;
  readonly #sending: { headersSent: boolean };

  constructor(instead: string) {
    const sending = { headersSent: false };
    super(sending);
    this.instead = instead;
    this.#sending = sending;
  }

  /** Puts the plan into the framework's response, and takes no more. */
  seal(response: Response): Response {
    this.#sending.headersSent = true;
    return withPlan(response, this);
  }
}
