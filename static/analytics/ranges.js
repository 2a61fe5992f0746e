/**
 * Which days a page shows: named ranges that move with today, fixed ones, the period before, and the grain that fits. Pure;
 * days are `YYYY-MM-DD` texts, and none depends on the reader's zone.
 */
/** @typedef {{ from: string, to: string }} Days both included */
/** @typedef {Figures.Address} Address */

export const DEFAULT_RANGE = "last-28-days";

/** @type {Record<string, { title: string, days: (today: string) => Days }>} */
export const RANGES = {
  today: { title: "Today", days: (today) => ({ from: today, to: today }) },
  yesterday: { title: "Yesterday", days: (today) => ({ from: addDays(today, -1), to: addDays(today, -1) }) },
  "last-7-days": { title: "Last 7 days", days: (today) => ({ from: addDays(today, -6), to: today }) },
  "last-28-days": { title: "Last 28 days", days: (today) => ({ from: addDays(today, -27), to: today }) },
  "last-90-days": { title: "Last 90 days", days: (today) => ({ from: addDays(today, -89), to: today }) },
  "this-month": { title: "This month", days: (today) => ({ from: firstOfMonth(today), to: today }) },
  "last-month": { title: "Last month", days: (today) => ({ from: firstOfMonth(today, -1), to: lastOfMonth(today, -1) }) },
  "last-12-months": { title: "Last 12 months", days: (today) => ({ from: firstOfMonth(today, -11), to: today }) },
  "this-year": { title: "This year", days: (today) => ({ from: `${today.slice(0, 4)}-01-01`, to: today }) },
};

export const GRAINS = ["hour", "day", "week", "month", "quarter", "year"];
const DAYS_OF = { hour: 1 / 24, day: 1, week: 7, month: 30.4, quarter: 91.3, year: 365 };
/** A chart and its table hold at most this many buckets. */
export const MOST_BUCKETS = 750;

/** Each of these is kept in facts of its own; for two of them together the server reads the documents, up to a number. */
export const APART = ["category", "product", "country", "customer_segment"];

/** The days that an address shows. @param {Address} address @param {string} today @returns {Days} */
export function daysOf(address, today) {
  const named = RANGES[address.range];
  return named ? named.days(today) : { from: address.from, to: address.to };
}

/** @param {Days} days @returns {Days} */
export function wholeMonths({ from, to }) {
  return { from: firstOfMonth(from), to: lastOfMonth(to) };
}

/** The grains that leave not too many buckets. @param {Days} days */
export function grainsOf(days) {
  const count = countDays(days.from, days.to);
  const able = GRAINS.filter((grain) => count / sizeOf(grain) <= MOST_BUCKETS);
  return able.length ? able : ["year"];
}

/** The grain of an address: the chosen one where it is possible, else one that draws some twenty to ninety buckets. @param {Address} address @param {Days} days */
export function grainOf(address, days) {
  const able = grainsOf(days);
  if (able.includes(address.grain)) return address.grain;
  const count = countDays(days.from, days.to);
  const wanted = count <= 2 ? "hour" : count <= 92 ? "day" : count <= 400 ? "week" : count <= 1900 ? "month" : "quarter";
  return able[Math.max(0, able.findIndex((grain) => GRAINS.indexOf(grain) >= GRAINS.indexOf(wanted)))] ?? "year";
}

/** @param {string} grain */
function sizeOf(grain) {
  return DAYS_OF[/** @type {keyof typeof DAYS_OF} */ (grain)];
}

/** The range before or behind: whole months move by months, everything else by its length. @param {Days} days @param {1 | -1} way @returns {Days} */
export function moved({ from, to }, way) {
  if (from === firstOfMonth(from) && to === lastOfMonth(to)) {
    const months = countMonths(from, to) * way;
    return { from: firstOfMonth(from, months), to: lastOfMonth(to, months) };
  }
  const length = countDays(from, to) * way;
  return { from: addDays(from, length), to: addDays(to, length) };
}

/** The days of one bucket, as far as they are in the range. @param {string} date its first day @param {string} grain @param {Days} days @returns {Days} */
export function daysOfBucket(date, grain, days) {
  const day = date.slice(0, 10);
  const months = { month: 1, quarter: 3, year: 12 }[grain];
  const last = months ? addDays(firstOfMonth(day, months), -1) : addDays(day, grain === "week" ? 6 : 0);
  return { from: day < days.from ? days.from : day, to: last > days.to ? days.to : last };
}

const DAY_MS = 86_400_000;

/** @param {string} day @param {number} count */
export function addDays(day, count) {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The first day of the month that lies `count` months after that of `day`. @param {string} day @param {number} [count] */
export function firstOfMonth(day, count = 0) {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + count, 1)).toISOString().slice(0, 10);
}

/** @param {string} day @param {number} [count] */
export function lastOfMonth(day, count = 0) {
  return addDays(firstOfMonth(day, count + 1), -1);
}

/** How many days lie from one day to another, both included. @param {string} from @param {string} to */
export function countDays(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** How many months two days lie apart. @param {string} from @param {string} to */
export function countMonths(from, to) {
  const [[year = 0, month = 0], [lastYear = 0, lastMonth = 0]] = [from.split("-").map(Number), to.split("-").map(Number)];
  return (lastYear - year) * 12 + lastMonth - month + 1;
}

/** The day of an instant in a zone. @param {number} at ms @param {string} zone */
export function dayIn(at, zone) {
  // Swedish writes days as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(at);
}

/** The zones that differ from another by whole hours on a day. @param {string} zone @param {string} day */
export function zonesLike(zone, day) {
  const minutes = minutesOf(zone, day);
  return Intl.supportedValuesOf("timeZone").filter((name) => minutesOf(name, day) === minutes);
}

/** The minutes beside whole hours that a zone lies from UTC. @param {string} zone @param {string} day */
function minutesOf(zone, day) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, minute: "numeric" }).formatToParts(Date.parse(`${day}T12:00Z`));
  return Number(parts.find(({ type }) => type === "minute")?.value);
}

/** Whether the text is a day of the calendar. @param {string} text */
export function isDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
