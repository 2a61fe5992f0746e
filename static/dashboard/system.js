/** The system page: processes, services and queues, updated by each status frame. */
import { ApiError, call } from "../ui/api.js";
import { ConditionList } from "./conditions.js";
import { connect } from "../streaming/connect.js";
import { bound, find, readIsland, tested, write } from "../ui/dom.js";
import { happenings } from "./events.js";
import { formatCount, formatMegabytes, formatRate, stateWord } from "../ui/format.js";
import { averageQuery, parseMetrics, total } from "./metrics.js";
import { mountPreferences } from "../ui/preferences.js";
import { ProcessTable } from "./processes.js";
import { QueueTable } from "./queues.js";
import { makeTime } from "../ui/time.js";
import { beginFeed, hasRuns, reduceFeed } from "../streaming/feed.js";
import { Store } from "../ui/store.js";

const EVENTS_KEPT = 50;

/** @type {Wire.FirstPaint} */
const page = readIsland("first-paint");
const store = new Store({ reduce: reduceFeed }, beginFeed(page.hello, page.controls));
const table = new ProcessTable(find("[data-processes]"), page.open && page.may_control ? kill : null);
const conditions = new ConditionList();
const queues = new QueueTable(find("[data-queues]"));

mountPreferences();
queues.draw(page.queues ?? []);
for (const time of document.querySelectorAll("[data-events] time")) time.replaceWith(makeTime(time.getAttribute("datetime") ?? ""));
store.subscribe((state, before) => {
  if (state.status !== before?.status) draw(state);
  if (before) for (const words of happenings(before.status, state.status)) note(words);
  if (before && before.connection !== state.connection) note(`This page is ${state.connection}`);
});
connect(store);
every(2000, readQueues);
every(5000, readMetrics);

/** @param {import("../streaming/feed.js").Feed} feed */
function draw(feed) {
  const { status } = feed;
  write(tested("state"), stateWord(status.state, hasRuns(feed)));
  write(tested("backlog"), formatCount(status.display.backlog));
  write(bound("display-rate"), formatRate(status.display.rate_per_second));
  write(bound("last-seq"), formatCount(status.display.last_seq));
  const memory = status.processes.reduce((sum, process) => sum + (process.memory_bytes ?? 0), 0);
  write(bound("memory"), memory ? formatMegabytes(memory) : "–");
  for (const [name, state] of Object.entries(status.services)) drawService(name, state);
  table.draw(status.processes);
  conditions.draw(status.conditions);
}

/** @param {string} name @param {string} state */
function drawService(name, state) {
  const element = document.querySelector(`[data-bind="service-${name}"]`);
  if (!(element instanceof HTMLElement)) return;
  write(element, state);
  element.dataset.state = state;
}

/** @param {number} ms @param {() => Promise<void>} act while the page is seen */
function every(ms, act) {
  void act();
  setInterval(() => document.visibilityState === "visible" && void act(), ms);
}

async function readQueues() {
  const answer = await call("GET", "/api/system/queues").catch(() => null);
  if (answer) queues.draw(answer.items);
}

async function readMetrics() {
  const answer = await fetch("/metrics").catch(() => null);
  if (!answer?.ok) return;
  const metrics = parseMetrics(await answer.text());
  const [query, sockets] = [averageQuery(metrics), total(metrics, "invoicedash_websocket_connections")];
  drawTicks("late", total(metrics, "invoicedash_ticks_late_total"));
  drawTicks("skipped", total(metrics, "invoicedash_ticks_skipped_total"));
  write(bound("query-time"), query === null ? "–" : `${query.toFixed(1)} ms`);
  write(bound("sockets"), sockets === null ? "–" : formatCount(sockets));
}

/** @param {"late" | "skipped"} what @param {number | null} count null before the first run */
function drawTicks(what, count) {
  const element = bound(`ticks-${what}`);
  write(element, count === null ? "–" : formatCount(count));
  element.dataset.alert = count ? "yes" : "no";
}

/** Puts an event on top of the list. @param {string} words */
function note(words) {
  const list = find("[data-events]");
  const item = makeEvent(new Date().toISOString(), words);
  item.className = "is-new";
  list.prepend(item);
  while (list.children.length > EVENTS_KEPT) list.lastElementChild?.remove();
  bound("no-events").hidden = true;
}

/** @param {string} at @param {string} words */
function makeEvent(at, words) {
  const [item, text] = [document.createElement("li"), document.createElement("span")];
  text.textContent = words;
  item.append(makeTime(at), text);
  return item;
}

/** Kills a process, to watch its restart. @param {string} name */
async function kill(name) {
  const notice = bound("notice");
  notice.hidden = true;
  try {
    await call("POST", `/api/system/processes/${encodeURIComponent(name)}/kill`);
    note(`${name} was killed from here`);
  } catch (error) {
    // Killing the web process also kills its answer.
    const isOwn = name === "web" && error instanceof ApiError && error.status === 0;
    if (isOwn) return note("web was killed from here");
    notice.hidden = false;
    write(notice, error instanceof Error ? error.message : String(error));
  }
}
