/**
 * Formats numbers and times in the reader's language and zone. Money is formatted from its decimal string, digit
 * by digit: it never becomes a floating point number.
 */

/** @typedef {string | string[] | undefined} Locale */

/** Caches formatters, which are expensive to create. @template T @param {(locale: Locale, key: string) => T} make */
function keepOnes(make) {
  /** @type {Map<string, T>} */
  const made = new Map();
  return (/** @type {Locale} */ locale, key = "") => {
    const name = `${locale} ${key}`;
    const known = made.get(name) ?? make(locale, key);
    made.set(name, known);
    return known;
  };
}

const moneyFormat = keepOnes((locale, decimals) => {
  const digits = Number(decimals);
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
});
/** ISO 4217; `Intl` follows other lists, in which more currencies have no decimals. */
const WITHOUT_DECIMALS = new Set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" "));
const numberFormat = keepOnes((locale, digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: Number(digits) }));
const percentFormat = keepOnes((locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 4 }));
const timeFormat = keepOnes(
  (locale, zone) =>
    new Intl.DateTimeFormat(locale, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZone: zone || undefined,
    }),
);
const dateFormat = keepOnes(
  (locale, zone) => new Intl.DateTimeFormat(locale, { month: "short", day: "2-digit", timeZone: zone || undefined }),
);
const yearFormat = keepOnes(
  (locale, zone) =>
    new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "2-digit", timeZone: zone || undefined }),
);

/**
 * @param {string} amount such as "1234.50"
 * @param {string} currency its code, which decides how many decimals are written
 * @param {Locale} [locale] the reader's when left out
 */
export function formatMoney(amount, currency, locale) {
  return moneyFormat(locale, WITHOUT_DECIMALS.has(currency) ? "0" : "2").format(/** @type {Intl.StringNumericLiteral} */ (amount));
}

/** @param {number} count @param {Locale} [locale] */
export function formatCount(count, locale) {
  return numberFormat(locale, "0").format(count);
}

/** `2` from `"2.000000"`, without arithmetic on floats. @param {string} quantity @param {Locale} [locale] */
export function formatQuantity(quantity, locale) {
  return numberFormat(locale, "6").format(/** @type {Intl.StringNumericLiteral} */ (quantity));
}

/** @param {number} rate a second @param {Locale} [locale] */
export function formatRate(rate, locale) {
  return `${numberFormat(locale, rate < 10 ? "1" : "0").format(rate)}/s`;
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
  return `${numberFormat(locale, "1").format(bytes / 1048576)} MB`;
}

/** @param {string} instant ISO 8601 @param {Locale} [locale] @param {string} [timeZone] */
export function formatTime(instant, locale, timeZone) {
  return timeFormat(locale, timeZone).format(new Date(instant));
}

/**
 * `Nov 21`; with its year when that is not this one.
 * @param {string} instant ISO 8601 @param {Locale} [locale] @param {string} [timeZone] @param {Date} [now]
 */
export function formatDate(instant, locale, timeZone, now = new Date()) {
  const date = new Date(instant);
  const format = date.getFullYear() === now.getFullYear() ? dateFormat : yearFormat;
  return format(locale, timeZone).format(date);
}

/** `2026-11-21 03:54:10.123 UTC`: the exact instant, for the tooltip of a local time. @param {string} instant */
export function formatExact(instant) {
  return `${instant.replace("T", " ").replace(/(Z|\+00:00)$/, "")} UTC`;
}

/** `15 %` from `"0.15"`, without arithmetic on floats. @param {string | null} rate @param {Locale} [locale] */
export function formatPercent(rate, locale) {
  if (rate === null) return "several rates";
  return percentFormat(locale).format(/** @type {Intl.StringNumericLiteral} */ (rate));
}

/** @type {Record<Wire.DisplayState, string>} */
const STATE_WORDS = { idle: "Idle", running: "Running", stopping: "Stopping", draining: "Processing backlog" };

/** A feed without runs is never idle: sales may arrive at any time. @param {Wire.DisplayState} state @param {boolean} [hasRuns] */
export function stateWord(state, hasRuns = true) {
  return state === "idle" && !hasRuns ? "Live" : STATE_WORDS[state];
}
