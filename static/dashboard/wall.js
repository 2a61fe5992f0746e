/** The wall page: the same feed for a screen that runs unattended for days. */
import { connect } from "../streaming/connect.js";
import { bound, find, readIsland } from "../ui/dom.js";
import { drawOthers, mountCurrency, wantedCurrency } from "./currency.js";
import { drawStats, findCards, mountFigures } from "./figures.js";
import { formatTime } from "../ui/format.js";
import { maskAmount, maskName } from "../ui/privacy.js";
import { mountReplayClock } from "../replays/replay.js";
import { isCredit, signedMoney } from "../invoices/rows.js";
import { mountSparklines } from "../streaming/sparklines.js";
import { beginFeed, reduceFeed } from "../streaming/feed.js";
import { Store } from "../ui/store.js";
import { Timeline } from "../streaming/timeline.js";

/** As many rows as the tallest wall shows. */
const ROWS = 40;
/** More new rows than this at once are not marked: they are a catch-up. */
const MARKED_AT_MOST = 4;
/** After a longer absence than this the page may be outdated, and is reloaded. */
const RELOAD_AFTER_MS = 10 * 60 * 1000;

/** @type {Wire.FirstPaint} */
const page = readIsland("first-paint");
const store = new Store({ reduce: reduceFeed }, beginFeed(page.hello, page.controls, wantedCurrency()));
const list = find("[data-wall-rows]");
const privacyButton = find('[data-action="privacy"]');
let isPrivate = new URLSearchParams(location.search).has("privacy");

const maskShown = (/** @type {string} */ amount) => maskAmount(amount, isPrivate);
mountFigures(store, maskShown);
mountCurrency(store, maskShown);
store.subscribe((state, before) => {
  if (state.rows !== before?.rows) drawRows(state.rows, before !== null);
  if (state.connection !== before?.connection) watchAbsence(state.connection);
});
privacyButton.addEventListener("click", togglePrivacy);
find('[data-action="fullscreen"]').addEventListener("click", () => document.documentElement.requestFullscreen());
drawPrivacy();
const timeline = new Timeline(store);
mountSparklines(timeline);
timeline.begin();
mountReplayClock(store);
connect(store);
keepAwake();

/**
 * Adds new rows on top and removes old ones; other rows are not touched, or their highlight would start again.
 * @param {Wire.Row[]} rows newest first @param {boolean} isLive whether new rows are news
 */
function drawRows(rows, isLive) {
  const shown = rows.slice(0, ROWS);
  const kept = new Set(shown.map((row) => String(row.seq)));
  for (const element of [...list.children]) if (!kept.has(element.getAttribute("data-seq") ?? "")) element.remove();
  const topSeq = Number(list.firstElementChild?.getAttribute("data-seq") ?? 0);
  const news = shown.filter((row) => row.seq > topSeq);
  const isMarked = isLive && news.length <= MARKED_AT_MOST;
  list.prepend(...news.map((row) => makeRow(row, isMarked)));
  bound("wall-empty").hidden = shown.length > 0;
}

/** @param {Wire.Row} row @param {boolean} isNew */
function makeRow({ seq, invoice }, isNew) {
  const element = document.createElement("li");
  element.className = isNew ? "wall-row is-new" : "wall-row";
  element.classList.toggle("is-credit", invoice !== null && isCredit(invoice));
  element.addEventListener("animationend", () => element.classList.remove("is-new"), { once: true });
  element.dataset.testid = "grid-row";
  element.dataset.seq = String(seq);
  element.dataset.invoiceNumber = invoice?.invoice_number ?? "";
  element.append(
    part("when", invoice ? formatTime(invoice.invoice_date) : "removed"),
    part("seller", invoice ? maskName(invoice.seller_name, isPrivate) : ""),
    part("buyer", invoice ? maskName(invoice.buyer_name, isPrivate) : ""),
    part("total", invoice ? `${maskAmount(signedMoney(invoice, invoice.total_amount), isPrivate)} ${invoice.currency}` : ""),
  );
  return element;
}

/** @param {string} name @param {string} text */
function part(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

function togglePrivacy() {
  isPrivate = !isPrivate;
  const address = new URL(location.href);
  if (isPrivate) address.searchParams.set("privacy", "1");
  else address.searchParams.delete("privacy");
  history.replaceState(null, "", address);
  list.replaceChildren();
  drawRows(store.state.rows, false);
  drawPrivacy();
}

function drawPrivacy() {
  privacyButton.setAttribute("aria-pressed", String(isPrivate));
  document.body.classList.toggle("is-private", isPrivate);
  drawStats(findCards(), store.state, maskShown);
  drawOthers(store.state, maskShown);
}

let awaySince = 0;

/** @param {import("../streaming/feed.js").Connection} connection */
function watchAbsence(connection) {
  if (connection === "stale") awaySince ||= Date.now();
  if (connection !== "connected") return;
  if (awaySince && Date.now() - awaySince > RELOAD_AFTER_MS) location.reload();
  awaySince = 0;
}

/** Asks the browser to keep the screen on; browsers release this lock when the page is hidden. */
function keepAwake() {
  const ask = () => navigator.wakeLock?.request("screen").catch(() => null);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  void ask();
}
