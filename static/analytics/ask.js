/** The calls that an address needs: which metrics can follow its filters, and the parameters of each call. Pure. */
import { APART, daysOf, daysOfBucket, grainOf, GRAINS, wholeMonths } from "./ranges.js";
import { dimensionText } from "./labels.js";

/**
 * @typedef {Figures.Address} Address
 * @typedef {import("./ranges.js").Days} Days
 * @typedef {{ address: Address, today: string, metrics: Figures.Metric[], parts?: { figures: { answer: Figures.Answer | null } } }} Page what a call depends on
 */

const PATH = "/api/v1/analytics";
/** Counts of people: kept by day, never split by currency, and dearer to count than sums. */
const PEOPLE = ["unique_customers", "new_customers", "returning_customers"];
/** From this many invoices on, products are asked for by whole months, which are kept; the server would refuse other days. */
const MANY = 25_000;
/** What the breakdown offers, as far as the metric has it. */
const BREAKDOWNS = ["category", "product", "country", "store", "customer_segment", "channel"];

/** @param {Page} page @param {string} name @returns {Figures.Metric | undefined} */
export function metricOf({ metrics }, name) {
  return metrics.find((metric) => metric.name === name);
}

/** The filtered dimensions that a metric is not kept by; empty when it can follow all. @param {Figures.Metric} metric @param {Address} address */
export function missingOf(metric, { filters }) {
  return filters.map(({ dimension }) => dimension).filter((dimension) => !metric.dimensions.includes(dimension));
}

/** Why a metric cannot follow the choices of the address; empty when it can. @param {Figures.Metric} metric @param {Address} address @param {string} grain */
export function whyNot(metric, address, grain) {
  const isBySale = metric.name === "refunds" && address.dated === "sale";
  const missing = isBySale ? address.filters.map(({ dimension }) => dimension).filter((dimension) => APART.includes(dimension)) : missingOf(metric, address);
  if (missing.length) return `not available by ${missing.map((name) => dimensionText(name).toLowerCase()).join(" and ")}${isBySale ? " and date of sale" : ""}`;
  // Customers are known by the days of the store.
  if (address.tz && (isBySale || !metric.grains.includes("hour"))) return "available by days of the store only";
  if (PEOPLE.includes(metric.name)) return "";
  return metric.grains.includes(grain) && !(isBySale && grain === "hour") ? "" : `not available by ${grain}`;
}

/** The main call: every metric of the page that is kept by these filters and this grain. @param {Page} page @param {string[]} names */
export function askFigures(page, names) {
  const { days, grain } = rangeOf(page);
  const asked = able(page, names.filter((name) => !PEOPLE.includes(name)), grain);
  return asked.length ? `${PATH}/metrics?${withCompare(page, query(page, asked, days, grain))}` : "";
}

/** The call for customers. @param {Page} page @param {string[]} all */
export function askPeople(page, all) {
  const { days, grain } = rangeOf(page);
  const own = GRAINS.indexOf(grain) < GRAINS.indexOf("day") ? "day" : grain;
  const names = able(page, all.filter((name) => PEOPLE.includes(name)), own);
  if (!names.length) return "";
  const asked = withCompare(page, query(page, names, days, own));
  asked.delete("convert");
  return `${PATH}/metrics?${asked}`;
}

/** The call for the breakdown: the whole range by one dimension. @param {Page} page */
export function askBreakdown(page) {
  const dimension = breakdownOf(page);
  const metric = dimension && brokenDown(page, dimension);
  if (!metric) return "";
  const asked = query(page, [metric.name], daysOfBreakdown(page, dimension), "year");
  // Counts and quantities too are those of the currency that is shown.
  asked.set("by", `${dimension},currency`);
  if (!isByMonth(page, dimension)) return `${PATH}/metrics?${withCompare(page, asked)}`;
  // Rates are by day, and as many days earlier are no whole months.
  asked.delete("convert");
  return `${PATH}/metrics?${asked}`;
}

/** The days of a breakdown: those of the page, or whole months. @param {Page} page @param {string} dimension @returns {Days} */
export function daysOfBreakdown(page, dimension) {
  const { days } = rangeOf(page);
  return isByMonth(page, dimension) ? wholeMonths(days) : days;
}

/** @param {Page} page @param {string} dimension */
function isByMonth(page, dimension) {
  const totals = page.parts?.figures.answer?.totals ?? [];
  return dimension === "product" && totals.reduce((sum, row) => sum + Number(row.transactions ?? 0), 0) > MANY;
}

/** The call for the members that a filter can choose from. @param {Page} page @param {string} dimension */
export function askMembers(page, dimension) {
  // Within the filters that are kept with every dimension: the choice is there at once, however many documents there are.
  const filters = page.address.filters.filter((filter) => filter.dimension !== dimension && !APART.includes(filter.dimension));
  const others = { ...page, address: { ...page.address, filters, convert: "", tz: "" } };
  const { days } = rangeOf(others);
  const asked = query(others, ["revenue"], dimension === "product" ? wholeMonths(days) : days, "year");
  asked.set("by", dimension);
  return `${PATH}/metrics?${asked}`;
}

/** The calls for documents and for the explanation of a metric, of the whole range or of one bucket. @param {Page} page @param {string} metric @param {string} at @param {string} currency */
export function askDocuments(page, metric, at, currency) {
  const { days, grain } = rangeOf(page);
  const asked = query(page, [documentsOf(page, metric)], at && grain !== "hour" ? daysOfBucket(at, grain, days) : days, "");
  if (at && grain === "hour") for (const [name, text] of Object.entries(hourOf(at))) asked.set(name, text);
  asked.delete("convert");
  if (currency && !page.address.convert) asked.set("currency", currency);
  return `${PATH}/rows?${asked}`;
}

/** @param {Page} page @param {string} metric */
export function askExplanation(page, metric) {
  const { days, grain } = rangeOf(page);
  const own = metricOf(page, metric)?.grains.includes(grain) ? grain : "day";
  return `${PATH}/explain?${query(page, [metric], days, own)}`;
}

/** The months in which anything was sold, for a page that shows none of them. @param {Page} page */
export function askMonths({ address, today }) {
  const asked = new URLSearchParams({ metric: "transactions", grain: "month", from: "1990-01-01", to: today });
  for (const { dimension, members, isNot } of address.filters) {
    if (dimension === "feed" || dimension === "store") for (const member of members) asked.append(`${isNot ? "not" : "filter"}.${dimension}`, member);
  }
  return `${PATH}/metrics?${asked}`;
}

/** The metric whose documents stand behind a figure: its own, or those of the sum that a ratio divides. @param {Page} page @param {string} name */
export function documentsOf(page, name) {
  const metric = metricOf(page, name);
  if (metric?.has_documents) return name;
  return metric?.over?.find((part) => metricOf(page, part)?.has_documents) ?? "";
}

/** @param {Page} page @returns {{ days: Days, grain: string }} */
export function rangeOf({ address, today }) {
  const days = daysOf(address, today);
  return { days, grain: grainOf(address, days) };
}

/** The dimensions that can be broken down now. @param {Page} page @returns {string[]} */
export function breakdownsOf(page) {
  return BREAKDOWNS.filter((dimension) => brokenDown(page, dimension));
}

/** The dimension that is broken down now; empty when none can be. @param {Page} page */
export function breakdownOf(page) {
  const able = breakdownsOf(page);
  return able.includes(page.address.by) ? page.address.by : (able[0] ?? "");
}

/** The metric that a breakdown shows: that of the chart where it is kept by the dimension, else revenue. @param {Page} page @param {string} dimension */
export function brokenDown(page, dimension) {
  const { address } = page;
  return [address.metric, "revenue"]
    .filter((name) => !(APART.includes(dimension) && name === "refunds" && address.dated))
    .map((name) => metricOf(page, name))
    .find((metric) => metric?.additive && metric.dimensions.includes(dimension) && !whyNot(metric, address, "year"));
}

/** @param {Page} page @param {string[]} names @param {string} grain */
function able(page, names, grain) {
  return names.filter((name) => {
    const metric = metricOf(page, name);
    return metric && metric.grains.includes(grain) && !whyNot(metric, page.address, grain);
  });
}

/** @param {Page} page @param {string[]} names @param {Days} days @param {string} grain */
function query({ address }, names, days, grain) {
  const asked = new URLSearchParams({ metric: names.join(","), from: days.from, to: days.to });
  if (grain) asked.set("grain", grain);
  for (const name of /** @type {const} */ (["convert", "tz"])) if (address[name]) asked.set(name, address[name]);
  if (address.dated && names.includes("refunds")) asked.set("dated", address.dated);
  for (const { dimension, members, isNot } of address.filters) {
    for (const member of members) asked.append(`${isNot ? "not" : "filter"}.${dimension}`, member);
  }
  return asked;
}

/** @param {Page} page @param {URLSearchParams} asked */
function withCompare({ address }, asked) {
  if (address.compare !== "none") asked.set("compare", address.compare);
  return asked;
}

/** The hour that begins at an instant. @param {string} at */
function hourOf(at) {
  const begin = Date.parse(at);
  return { from: new Date(begin).toISOString(), to: new Date(begin + 3_600_000).toISOString() };
}
