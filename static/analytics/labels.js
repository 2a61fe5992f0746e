/** Words and numbers of figures as readers see them. Pure; money is written from its text, digit by digit. */
import { formatCount, formatMoney, formatPercent } from "../ui/format.js";

/** @typedef {string | string[] | undefined} Locale */

const NOTHING = "–";

/** A value as it is read; without one, a dash. @param {Figures.Value | undefined} value @param {Figures.Unit | undefined} unit @param {string} currency of money @param {Locale} [locale] */
export function valueText(value, unit, currency, locale) {
  if (value === null || value === undefined) return NOTHING;
  if (unit === "money") return formatMoney(String(value), currency, locale);
  if (unit === "share") return formatPercent(String(value), locale);
  return unit === "count" ? formatCount(Number(value), locale) : new Intl.NumberFormat(locale).format(/** @type {Intl.StringNumericLiteral} */ (String(value)));
}

/** Short money for the axis of a chart: `12K`. @param {number} value @param {Locale} [locale] */
export function shortNumber(value, locale) {
  return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const DATES = {
  day: { month: "short", day: "numeric" },
  weekday: { weekday: "short", year: "numeric", month: "short", day: "numeric" },
  full: { year: "numeric", month: "short", day: "numeric" },
  month: { year: "numeric", month: "short" },
};

/** A day in words; it is the store's day in every zone. @param {string} day @param {keyof typeof DATES} form @param {Locale} [locale] */
export function dayText(day, form, locale) {
  return new Intl.DateTimeFormat(locale, { ...DATES[form], timeZone: "UTC" }).format(Date.parse(day.slice(0, 10)));
}

/** `Nov 3 – 30, 2026`. @param {{ from: string, to: string }} days @param {Locale} [locale] */
export function daysText({ from, to }, locale) {
  const format = new Intl.DateTimeFormat(locale, { ...DATES.full, timeZone: "UTC" });
  return format.formatRange(Date.parse(from.slice(0, 10)), Date.parse(to.slice(0, 10)));
}

/** A bucket in a table: `Mon, Nov 30, 2026`, `2026-W48, from Nov 23`, `Nov 30, 08:00`. @param {Figures.Row} row @param {string} grain @param {Locale} [locale] */
export function bucketText({ date = "", label = "", offset = "" }, grain, locale) {
  if (grain === "hour") return `${dayText(date, "day", locale)}, ${date.slice(11, 16)} ${offset}`.trim();
  if (grain === "day") return dayText(date, "weekday", locale);
  if (grain === "week") return `${label}, from ${dayText(date, "day", locale)}`;
  if (grain === "month") return dayText(date, "month", locale);
  return grain === "quarter" ? label.replace(/^(\d+)-(Q\d)$/, "$2 $1") : label;
}

/** A bucket below the axis of a chart. @param {Figures.Row} row @param {string} grain @param {Locale} [locale] */
export function tickText(row, grain, locale) {
  const { date = "", label = "" } = row;
  if (grain === "hour") return date.slice(11, 16) === "00:00" ? dayText(date, "day", locale) : date.slice(11, 16);
  if (grain === "day" || grain === "week") return dayText(date, "day", locale);
  return bucketText({ ...row, label }, grain, locale);
}

/** @param {string} name of a dimension */
export function dimensionText(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {string} member @param {string} dimension */
export function memberText(member, dimension) {
  const none = `no ${dimension.replaceAll("_", " ")}`;
  return { "(none)": none, invoice: "invoices", credit_note: "credit notes" }[member] ?? member;
}

/** `Category is not Home or Fashion`. @param {Figures.Filter} filter */
export function filterText({ dimension, members, isNot }) {
  return `${dimensionText(dimension)} ${isNot ? "is not" : "is"} ${members.map((member) => memberText(member, dimension)).join(" or ")}`;
}

/** Whether a rise is good; null where it is neither. @type {Record<string, boolean | null>} */
const GOOD_WHEN_UP = { refunds: false, vat: null, customer_acquisition_cost: false };

/**
 * How a figure differs from the earlier one, with one decimal; null where there is nothing to compare.
 * @param {Figures.Value | undefined} value @param {Figures.Value | undefined} earlier @param {string} metric @param {Locale} [locale]
 * @returns {{ text: string, way: "up" | "down" | "same", isGood: boolean | null } | null}
 */
export function changeOf(value, earlier, metric, locale) {
  const [now, before] = [Number(value ?? Number.NaN), Number(earlier ?? Number.NaN)];
  if (Number.isNaN(now) || Number.isNaN(before)) return null;
  const way = now > before ? "up" : now < before ? "down" : "same";
  const good = metric in GOOD_WHEN_UP ? GOOD_WHEN_UP[metric] : true;
  const isGood = way === "same" || good === null || good === undefined ? null : (way === "up") === good;
  // A share of less than nothing would say nothing.
  if (before <= 0) return { text: way === "same" ? "no change" : before ? "from below 0" : "from 0", way, isGood };
  const share = (now - before) / before;
  const format = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return { text: way === "same" ? "no change" : format.format(Math.abs(share)), way, isGood };
}

/** `3 held (SAR 412.00)`; empty when nothing is held. @param {Figures.Held | undefined} held @param {Locale} [locale] */
export function heldText(held, locale) {
  if (!held?.rows) return "";
  const amounts = (held.amount ?? []).map(({ currency, amount }) => `${currency} ${formatMoney(amount, currency, locale)}`);
  return `${formatCount(held.rows, locale)} held${amounts.length ? ` (${amounts.join(", ")})` : ""}`;
}
