/** Days as `YYYY-MM-DD` texts: steps, months, and the day that it is in a zone. Pure; no day ever depends on the reader's zone. */

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

/** Whether the text is a day of the calendar. @param {string} text */
export function isDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
