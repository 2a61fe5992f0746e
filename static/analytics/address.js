/** The address of a page of figures is its whole state: it can be shared, bookmarked and gone back to. Pure. */
import { DEFAULT_RANGE, GRAINS, isDay, RANGES } from "./ranges.js";

/** @typedef {Figures.Address} Address @typedef {Figures.Filter} Filter */

const COMPARISONS = ["previous", "year", "none"];
/** @type {Address} */
export const DEFAULT = {
  range: DEFAULT_RANGE, from: "", to: "", grain: "", metric: "revenue", by: "category", compare: "previous",
  currency: "", convert: "", tz: "", dated: "", filters: [], drill: "", at: "", proof: "",
};
/** What is written as it is, when it is not the default. */
const PLAIN = /** @type {const} */ (["grain", "metric", "by", "compare", "currency", "convert", "tz", "dated", "drill", "at", "proof"]);

/** @param {string} search such as `?range=today` @returns {Address} values that are not valid are left out */
export function parseAddress(search) {
  const query = new URLSearchParams(search);
  const address = { ...DEFAULT, ...parseRange(query), filters: parseFilters(query) };
  for (const name of PLAIN) Object.assign(address, { [name]: query.get(name) ?? DEFAULT[name] });
  if (!GRAINS.includes(address.grain)) address.grain = "";
  if (!COMPARISONS.includes(address.compare)) address.compare = DEFAULT.compare;
  if (address.dated !== "sale") address.dated = "";
  return address;
}

/** @param {URLSearchParams} query */
function parseRange(query) {
  const [range, from, to] = [query.get("range") ?? "", query.get("from") ?? "", query.get("to") ?? ""];
  if (isDay(from) && isDay(to) && from <= to) return { range: "", from, to };
  return { range: RANGES[range] ? range : DEFAULT_RANGE, from: "", to: "" };
}

/** @param {URLSearchParams} query @returns {Filter[]} */
function parseFilters(query) {
  const names = [...new Set(query.keys())].filter((name) => /^(filter|not)\.[a-z_]{1,40}$/.test(name));
  const filters = names.map((name) => {
    const [sign = "", dimension = ""] = name.split(".");
    return { dimension, members: query.getAll(name).filter(Boolean), isNot: sign === "not" };
  });
  return filters.filter(({ members }) => members.length);
}

/** The address as a query string, without what is the default. @param {Address} address */
export function formatAddress(address) {
  const query = new URLSearchParams();
  if (address.range) address.range === DEFAULT_RANGE || query.set("range", address.range);
  else for (const name of /** @type {const} */ (["from", "to"])) query.set(name, address[name]);
  for (const name of PLAIN) if (address[name] !== DEFAULT[name]) query.set(name, address[name]);
  for (const { dimension, members, isNot } of address.filters) {
    for (const member of members) query.append(`${isNot ? "not" : "filter"}.${dimension}`, member);
  }
  // Colons of instants are allowed in a query.
  const text = query.toString().replaceAll("%3A", ":");
  return text ? `?${text}` : "";
}

/** @param {Address} address @param {string} dimension @returns {Filter | undefined} */
export function filterOf(address, dimension) {
  return address.filters.find((each) => each.dimension === dimension);
}

/** The address with another filter of one dimension; without members, with none. @param {Address} address @param {Filter} filter @returns {Address} */
export function withFilter(address, filter) {
  const others = address.filters.filter(({ dimension }) => dimension !== filter.dimension);
  return { ...address, filters: filter.members.length ? [...others, filter] : others };
}
