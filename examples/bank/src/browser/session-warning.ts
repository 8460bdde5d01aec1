/*
 * Warns before the session ends. Asks the server only with requests that do not count as activity, and looks again before
 * it warns: another tab may have kept the session awake. Without this script the page still works and says how long it lasts.
 */

/** Milliseconds until the session ends. */
interface TimeLeft {
  readonly idle: number;
  readonly absolute: number;
}

/** WCAG 2.2.1 asks for 20 seconds at least; two minutes, or half of a shorter timeout. */
const longestWarning = 120_000;
const lookAgainEvery = 15_000;
/** What is read aloud: not every second of the countdown. */
const announcedSeconds = [120, 60, 30, 10];

const section = element("session-warning");
const text = element("session-warning-text");
const announcement = element("session-announcement");
const form = element("session-stay") as HTMLFormElement;

let endsAt = deadlines({ idle: Number(section.dataset.idle), absolute: Number(section.dataset.absolute) });
const warnBefore = Math.min(longestWarning, Number(section.dataset.idle) / 2);
let lookedAt = Date.now();
let announced = Number.POSITIVE_INFINITY;
let isLeaving = false;

setInterval(tick, 1_000);
form.addEventListener("submit", stay);
// The clock stands still in a sleeping tab, and another tab may have logged out.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void look();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) void look();
});

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}

function deadlines({ idle, absolute }: TimeLeft): TimeLeft {
  return { idle: Date.now() + idle, absolute: Date.now() + absolute };
}

function remaining(): number {
  return Math.min(endsAt.idle, endsAt.absolute) - Date.now();
}

async function tick(): Promise<void> {
  const isOver = remaining() <= 0;
  if (remaining() > warnBefore) return hide();
  if (isOver || section.hidden || Date.now() - lookedAt >= lookAgainEvery) await look();
  if (remaining() <= 0) leave();
  else if (remaining() <= warnBefore) warn();
}

/** Asks how long the session still lasts. Where it is over, or nobody answers, what is on the screen goes away. */
async function look(): Promise<void> {
  lookedAt = Date.now();
  try {
    const response = await fetch("/session", { headers: { accept: "application/json" }, cache: "no-store" });
    if (response.ok) endsAt = deadlines((await response.json()) as TimeLeft);
    else if (response.status === 401) leave();
  } catch {
    // Offline: the page's own clock decides.
  }
}

function warn(): void {
  const seconds = Math.ceil(remaining() / 1_000);
  const canStay = endsAt.absolute > endsAt.idle;
  form.hidden = !canStay;
  section.hidden = false;
  const advice = canStay ? "" : " Please finish what you are doing; you can log in again at once.";
  text.textContent = `You will be logged out in ${inWords(seconds)}.${advice}`;
  const due = announcedSeconds.find((each) => seconds <= each && each < announced && seconds > each - 10);
  if (due === undefined && announced !== Number.POSITIVE_INFINITY) return;
  announced = due ?? seconds;
  announcement.textContent = `You will be logged out in ${inWords(seconds)}.${canStay ? " There is a button to stay logged in." : advice}`;
}

function hide(): void {
  if (section.hidden) return;
  if (section.contains(document.activeElement)) element("main").focus();
  section.hidden = true;
  announcement.textContent = "";
  announced = Number.POSITIVE_INFINITY;
}

async function stay(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    if (response.ok) endsAt = deadlines((await response.json()) as TimeLeft);
    else return leave();
  } catch {
    return;
  }
  if (remaining() <= warnBefore) return;
  hide();
  announcement.textContent = "You stay logged in.";
}

/** To the page that says why. It replaces this one, so that the back button does not lead here. */
function leave(): void {
  if (isLeaving) return;
  isLeaving = true;
  location.replace(`/timeout?return_to=${encodeURIComponent(section.dataset.path ?? "/account")}`);
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const whole = `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  return rest === 0 ? whole : `${whole} ${inWords(rest)}`;
}
