/** Which currency of a feed is shown. Currencies are never added together. Pure. */

/** @typedef {Wire.Schemas["CurrencyOut"]} Figures */

/**
 * The currency to show: the one that the reader wants, else the one shown before, else the default one, each only when
 * the feed holds it; else the one with the most invoices.
 * @param {Wire.Stats} stats @param {string} wanted empty when the reader has not chosen @param {string} shown
 */
export function chooseCurrency(stats, wanted, shown) {
  const held = stats.currencies.map((each) => each.currency);
  if (held.length === 0) return wanted || stats.currency;
  return [wanted, shown, stats.currency].find((code) => held.includes(code)) ?? mostUsed(stats.currencies);
}

/** @param {Figures[]} currencies not empty */
function mostUsed(currencies) {
  return currencies.reduce((most, each) => (each.invoice_count > most.invoice_count ? each : most)).currency;
}

/** The totals in one currency; zeros when the feed holds none in it. @param {Wire.Stats} stats @param {string} currency @returns {Figures} */
export function figuresIn(stats, currency) {
  if (stats.currency === currency) return stats;
  return stats.currencies.find((each) => each.currency === currency) ?? { ...ZEROS, currency };
}

/** The totals in all other currencies of the feed. @param {Wire.Stats} stats @param {string} currency */
export function otherFigures(stats, currency) {
  return stats.currencies.filter((each) => each.currency !== currency);
}

/** The number of invoices of the feed in all currencies. @param {Wire.Stats} stats */
export function countAll(stats) {
  const known = figuresIn(stats, stats.currency).invoice_count;
  return otherFigures(stats, stats.currency).reduce((count, each) => count + each.invoice_count, known);
}

const ZEROS = { invoice_count: 0, subtotal_amount: "0.00", vat_amount: "0.00", total_amount: "0.00", average_amount: "0.00" };
