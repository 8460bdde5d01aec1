import type { SessionId, SessionSummary } from "sojourn";
import { field, notice, type Problems, problemSummary } from "./form.ts";
import { type Html, html } from "./html.ts";
import { formToken, type Page, type Reader } from "./layout.ts";
import { moment } from "./moment.ts";

export interface DevicesView {
  readonly devices: readonly Device[];
  readonly done: string | null;
  readonly problems: Problems;
}

export interface Device extends SessionSummary {
  readonly label: string;
  readonly isThisOne: boolean;
}

export function devicesPage(reader: Reader, { devices, done, problems }: DevicesView): Page {
  const others = devices.length - 1;
  const main = html`<h1>Your devices</h1>
<p>Wherever you are logged in. Is there one you do not know? End it, then <a href="/settings#password-title">change your password</a>. See <a href="/theft">what a stolen cookie is worth</a>.</p>
${notice(done)}
${problemSummary(problems)}
<ul class="devices">
${devices.map((device) => deviceItem(reader, device, problems))}
</ul>
<div class="actions">
${others > 0 && html`<form method="post" action="/devices/end-others">${formToken(reader)}<button>End all others</button></form>`}
<form method="post" action="/logout/everywhere">${formToken(reader)}<button class="quiet">Log out everywhere, here too</button></form>
</div>`;
  return { title: "Your devices", main };
}

function deviceItem(reader: Reader, device: Device, problems: Problems): Html {
  return html`<li class="card device">
<h2>${device.label}${device.isThisOne && html` <span class="badge">This device</span>`}</h2>
<p class="detail">Logged in ${moment(device.authenticatedAt)}<br>Last used ${moment(device.lastSeenAt)}<br>${device.boundSince === null ? "Not bound to the device" : html`Bound to the device since ${moment(device.boundSince)}`}</p>
${device.isThisOne ? renameForm(reader, device, problems) : endForm(reader, device.id, device.label)}
</li>`;
}

function renameForm(reader: Reader, { label }: Device, problems: Problems): Html {
  return html`<form class="inline" method="post" action="/devices/name">
${formToken(reader)}
${field({ name: "label", label: "Name of this device", value: label, autocomplete: "off", maxlength: 60, problems })}
<button class="quiet">Save name</button>
</form>`;
}

function endForm(reader: Reader, id: SessionId, label: string): Html {
  return html`<form method="post" action="/devices/end">
${formToken(reader)}<input type="hidden" name="id" value="${id}">
<button class="quiet">End<span class="unseen"> the session on ${label}</span></button>
</form>`;
}
