/** Draws the orders of the last 24 hours of the store as bars, an hour each, in the zone of the store. */
import { call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

export const HOURS = 24;
const HOUR_MS = 3_600_000;
/** The figures are read again after this time while orders come, and after the longer one when none do, ms. */
const BUSY_MS = 10_000, QUIET_MS = 60_000;
/** The distance of two bars with their hour below. */
const LABEL_EVERY = 4;

/** @typedef {{ starts_at: string, value: number }} Bucket @typedef {{ label: string, count: number }} Hour */

/** @param {import("./state.js").StorePage} page */
export function mountHours(page) {
  const { slug, timezone } = page.state.store;
  let isChanged = true, readAt = -Infinity;
  page.subscribe(({ store }, before) => {
    if (store.metrics !== before?.store.metrics) isChanged = true;
  });
  setInterval(turn, 1000);
  turn();

  function turn() {
    const age = performance.now() - readAt;
    if (document.visibilityState !== "visible" || age < (isChanged ? BUSY_MS : QUIET_MS)) return;
    [isChanged, readAt] = [false, performance.now()];
    void drawHours(slug, timezone, Date.now()).then((isRead) => (isChanged ||= !isRead));
  }
}

/** @param {string} slug @param {string} timezone @param {number} now @returns {Promise<boolean>} whether the figures could be read */
async function drawHours(slug, timezone, now) {
  const from = new Date(startOfHour(now, timezone) - (HOURS - 1) * HOUR_MS).toISOString();
  try {
    /** @type {{ items: Bucket[] }} */
    const { items } = await call("GET", `/api/stores/${slug}/metrics?name=orders_count&bucket=hour&from=${encodeURIComponent(from)}`);
    const hours = hoursOf(items, now, timezone);
    const most = Math.max(1, ...hours.map(({ count }) => count));
    find("[data-hours]").replaceChildren(...hours.map((hour, at) => makeBar(hour, hour.count / most, (HOURS - 1 - at) % LABEL_EVERY === 0)));
    write(bound("hours-note"), wordsOf(hours));
    return true;
  } catch (error) {
    write(bound("hours-note"), `could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/**
 * The last 24 hours, the present one last; orders of different currencies are counted together.
 * @param {Bucket[]} items @param {number} now ms @param {string} timezone @returns {Hour[]}
 */
export function hoursOf(items, now, timezone) {
  const last = startOfHour(now, timezone);
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: timezone });
  const counts = new Array(HOURS).fill(0);
  for (const { starts_at, value } of items) {
    const at = HOURS - 1 - Math.round((last - Date.parse(starts_at)) / HOUR_MS);
    if (at >= 0 && at < HOURS) counts[at] += Number(value);
  }
  return counts.map((count, at) => ({ label: clock.format(last - (HOURS - 1 - at) * HOUR_MS), count }));
}

/** @param {Hour[]} hours */
export function wordsOf(hours) {
  const sum = hours.reduce((total, { count }) => total + count, 0);
  if (!sum) return "no order in the last 24 hours";
  const best = hours.reduce((most, hour) => (hour.count > most.count ? hour : most));
  return `${formatCount(sum)} in the last 24 hours, most from ${best.label}: ${formatCount(best.count)}`;
}

/** When the hour began by the clock of the zone: some zones are half an hour apart. @param {number} now @param {string} timezone */
function startOfHour(now, timezone) {
  const minute = Number(new Intl.DateTimeFormat("en-GB", { minute: "numeric", timeZone: timezone }).format(now));
  return Math.floor(now / 60_000) * 60_000 - minute * 60_000;
}

/** @param {Hour} hour @param {number} share of the highest bar @param {boolean} isLabelled */
function makeBar({ label, count }, share, isLabelled) {
  const words = `${label}: ${formatCount(count)} ${count === 1 ? "order" : "orders"}`;
  const bar = make("span", "hour-bar");
  bar.style.setProperty("--share", String(share));
  const item = make("li", count ? "hour" : "hour is-zero", bar, make("span", "unseen", words), make("span", "hour-label", isLabelled ? label : ""));
  item.title = words;
  return item;
}
