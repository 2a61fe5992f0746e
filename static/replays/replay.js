/** Replays on the page: the start form, and the band that marks a replay as not live and shows its clock. */
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";

const TICK_MS = 200;

/** @typedef {import("../streaming/feed.js").FeedStore} Store */

/** The band and its clock, on the page of a replay; nothing on any other. @param {Store} store */
export function mountReplayClock(store) {
  if (!document.querySelector("[data-replay]")) return;
  let receivedAt = Date.now();
  const draw = () => {
    const { replay } = store.state.status;
    if (!replay) return;
    const clock = clockAt(replay, Date.now() - receivedAt);
    const time = bound("replay-clock");
    time.setAttribute("datetime", clock);
    write(time, clock.slice(0, 19).replace("T", " "));
    const bar = /** @type {HTMLProgressElement} */ (bound("replay-progress"));
    bar.value = replay.progress;
    write(bound("replay-state"), replay.state);
  };
  store.subscribe(({ status }, before) => {
    if (status === before?.status) return;
    receivedAt = Date.now();
    draw();
  });
  setInterval(() => store.state.connection === "connected" && draw(), TICK_MS);
}

/**
 * The clock of a replay, `elapsed` after its last status. Pure.
 * @param {Wire.Replay} replay @param {number} elapsed ms @returns {string} ISO 8601
 */
export function clockAt(replay, elapsed) {
  if (replay.state !== "running") return replay.clock;
  const time = Date.parse(replay.clock) + Math.max(0, elapsed) * replay.speed;
  return new Date(Math.min(time, Date.parse(replay.to))).toISOString();
}

/** The form that starts a replay, and the button that removes one. @param {boolean} mayControl */
export function mountReplays(mayControl) {
  const form = /** @type {HTMLFormElement} */ (find('[data-form="replay"]'));
  const button = /** @type {HTMLButtonElement} */ (find('[data-action="replay"]'));
  button.disabled = !mayControl;
  find('[data-action="options"]').addEventListener("click", () => void offerLastDay(form), { once: true });
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) void offerLastDay(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void act(() => startReplay(form));
  });
  document.querySelector('[data-action="replay-remove"]')?.addEventListener("click", () => void act(removeReplay));
}

/** Fills in the last day that has invoices, the most frequent choice, unless the user has typed meanwhile. @param {HTMLFormElement} form */
async function offerLastDay(form) {
  const fields = form.elements;
  const before = ["from", "to"].map((name) => value(fields, name)).join();
  const answer = await call("GET", "/api/replays").catch(() => null);
  if (["from", "to"].map((name) => value(fields, name)).join() !== before) return;
  const day = answer?.last_days[value(fields, "feed")];
  for (const name of ["from", "to"]) {
    const field = fields.namedItem(name);
    if (field instanceof HTMLInputElement && day) field.value = day[name].slice(0, 16);
  }
  if (answer && !day) write(bound("replay-note"), "That feed has no invoices yet.");
}

/** @param {HTMLFormElement} form */
async function startReplay(form) {
  const fields = form.elements;
  const [from, to] = [`${value(fields, "from")}Z`, `${value(fields, "to")}Z`];
  const body = { from, to, speed: Number(value(fields, "speed")), feed: value(fields, "feed") };
  const { feed } = await call("POST", "/api/replays", body);
  location.assign(`?feed=${encodeURIComponent(feed)}`);
}

async function removeReplay() {
  const feed = new URLSearchParams(location.search).get("feed") ?? "";
  await call("DELETE", `/api/replays/${encodeURIComponent(feed)}`);
  location.assign("?feed=live");
}

/** @param {() => Promise<void>} work */
async function act(work) {
  const notice = bound("notice");
  notice.hidden = true;
  try {
    await work();
  } catch (error) {
    notice.hidden = false;
    write(notice, error instanceof Error ? error.message : String(error));
  }
}

/** @param {HTMLFormControlsCollection} fields @param {string} name */
function value(fields, name) {
  const field = fields.namedItem(name);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : "";
}
