/** The system page: processes, services and queue, as each status frame tells them. */
import { call } from "./api.js";
import { connect } from "./connect.js";
import { bound, find, readIsland, tested, write } from "./dom.js";
import { formatAge, formatCount, formatDuration, formatRate, stateWord } from "./format.js";
import { mountPreferences } from "./preferences.js";
import { begin } from "./state.js";
import { Store } from "./store.js";

/** Rates are averages over so many whole seconds. */
const AVERAGE_SECONDS = 10;

/** @type {Wire.FirstPaint} */
const page = readIsland("first-paint");
const store = new Store(begin(page.hello));
const body = find("[data-processes]");

mountPreferences();
store.subscribe((state, before) => {
  if (state.status !== before?.status) draw(state.status);
});
connect(store);
setInterval(() => document.visibilityState === "visible" && void measureRates(), 2000);
void measureRates();

/** @param {Wire.Status} status */
function draw(status) {
  write(tested("state"), stateWord(status.state));
  write(tested("backlog"), formatCount(status.display.backlog));
  write(bound("drain-eta"), status.display.backlog ? formatDuration(status.display.drain_eta_seconds ?? 0) : "–");
  write(bound("display-rate"), formatRate(status.display.rate_per_second));
  write(bound("last-seq"), formatCount(status.display.last_seq));
  for (const [name, state] of Object.entries(status.services)) drawService(name, state);
  for (const process of status.processes) drawProcess(process);
}

/** @param {string} name @param {string} state */
function drawService(name, state) {
  const element = document.querySelector(`[data-bind="service-${name}"]`);
  if (!(element instanceof HTMLElement)) return;
  write(element, state);
  element.dataset.state = state;
}

/** @param {Wire.Process} process */
function drawProcess(process) {
  const row = body.querySelector(`[data-process="${CSS.escape(process.name)}"]`) ?? addProcess(process.name);
  const [state, heartbeat, age, restarts, pid] = row.querySelectorAll("td");
  const lamp = state?.firstElementChild;
  if (!(lamp instanceof HTMLElement) || !heartbeat || !age || !restarts || !pid) return;
  lamp.dataset.state = process.state;
  write(lamp, process.state);
  write(heartbeat, process.last_heartbeat_at ? `${ageOf(process.last_heartbeat_at)} ago` : "–");
  write(age, process.started_at ? ageOf(process.started_at) : "–");
  write(restarts, process.restarts === null ? "–" : formatCount(process.restarts));
  write(pid, process.pid === null ? "–" : String(process.pid));
}

/** @param {string} name */
function addProcess(name) {
  const row = document.createElement("tr");
  row.dataset.process = name;
  const heading = document.createElement("th");
  heading.scope = "row";
  heading.textContent = name;
  row.append(heading, ...Array.from({ length: 5 }, () => document.createElement("td")));
  const lamp = document.createElement("span");
  lamp.className = "lamp";
  row.children[1]?.append(lamp);
  for (const cell of [...row.children].slice(2)) cell.className = "number";
  body.append(row);
  return row;
}

/** @param {string} instant */
function ageOf(instant) {
  return formatAge((Date.now() - Date.parse(instant)) / 1000);
}

async function measureRates() {
  const query = new URLSearchParams({ feed: store.state.feed, seconds: String(AVERAGE_SECONDS + 1) });
  const answer = await call("GET", `/api/stats/history?${query}`).catch(() => null);
  if (!answer) return;
  /** @type {Wire.Second[]} the last one is still under way */
  const whole = answer.items.slice(0, -1);
  const average = (/** @type {"issued" | "shown"} */ key) =>
    whole.reduce((sum, second) => sum + second[key], 0) / Math.max(1, whole.length);
  write(bound("issued-rate"), formatRate(average("issued")));
  write(bound("shown-rate"), formatRate(average("shown")));
}
