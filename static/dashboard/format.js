/**
 * Figures and times in the reader's own language and zone. Money is formatted from its decimal string, digit
 * by digit: it never becomes a floating point number.
 */

/** @typedef {string | string[] | undefined} Locale */

/**
 * @param {string} amount such as "1234.50"
 * @param {Locale} [locale] the reader's when left out
 */
export function formatMoney(amount, locale) {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const exact = /** @type {Intl.StringNumericLiteral} */ (amount);
  return new Intl.NumberFormat(locale, digits).format(exact);
}

/** @param {number} count @param {Locale} [locale] */
export function formatCount(count, locale) {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(count);
}

/** @param {number} rate a second @param {Locale} [locale] */
export function formatRate(rate, locale) {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: rate < 10 ? 1 : 0 }).format(rate)}/s`;
}

/** `2:34`, `1:02:34`. @param {number} seconds */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
}

/** `3 s`, `4 min`, `2 h`, `5 d`: how long ago something was. @param {number} seconds */
export function formatAge(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

/** @param {number} bytes @param {Locale} [locale] */
export function formatMegabytes(bytes, locale) {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(bytes / 1048576)} MB`;
}

/** @param {string} instant ISO 8601 @param {Locale} [locale] @param {string} [timeZone] */
export function formatTime(instant, locale, timeZone) {
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone };
  return new Intl.DateTimeFormat(locale, /** @type {Intl.DateTimeFormatOptions} */ (parts)).format(new Date(instant));
}

/**
 * `Nov 21`; with its year when that is not this one.
 * @param {string} instant ISO 8601 @param {Locale} [locale] @param {string} [timeZone] @param {Date} [now]
 */
export function formatDate(instant, locale, timeZone, now = new Date()) {
  const date = new Date(instant);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const parts = { year, month: "short", day: "2-digit", timeZone };
  return new Intl.DateTimeFormat(locale, /** @type {Intl.DateTimeFormatOptions} */ (parts)).format(date);
}

/** `2026-11-21 03:54:10.123 UTC`: the exact instant, for whoever points at a local time. @param {string} instant */
export function formatExact(instant) {
  return `${instant.replace("T", " ").replace(/(Z|\+00:00)$/, "")} UTC`;
}

/** `15 %` from `"0.15"`, without arithmetic on floats. @param {string | null} rate @param {Locale} [locale] */
export function formatPercent(rate, locale) {
  if (rate === null) return "several rates";
  const exact = /** @type {Intl.StringNumericLiteral} */ (rate);
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(exact);
}

/** @type {Record<Wire.DisplayState, string>} */
const STATE_WORDS = { idle: "Idle", running: "Running", stopping: "Stopping", draining: "Processing backlog" };

/** @param {Wire.DisplayState} state */
export function stateWord(state) {
  return STATE_WORDS[state];
}
