import type { Customer } from "../customers.ts";
import { labelFor } from "../devices.ts";
import type { Services } from "../services.ts";
import type { Exchange } from "./pages.ts";

/** Starts a session for a customer who has just proved who they are, then checks that the browser keeps it. */
export async function logIn(
  { sessions, newDevices }: Services,
  { request, response }: Exchange,
  { customer, returnTo }: { readonly customer: Customer; readonly returnTo: string | null },
): Promise<void> {
  // The colours travel; an action that waits for somebody's password does not.
  const label = labelFor(request.get("user-agent") ?? "");
  const session = await sessions.of(request).authenticate({ id: customer.id, keep: ["theme"], label });
  if (session.newDevice) newDevices.note({ sessionId: session.id, customerId: customer.id, label });
  response.redirect(303, returnTo === null ? "/welcome" : `/welcome?return_to=${encodeURIComponent(returnTo)}`);
}
