/**
 * A long list of invoices in pages; only pages near the visible rows are kept. Pure.
 *
 * A dropped page keeps its cursor, so a list of any length can be scrolled in bounded memory.
 */

export const PAGE_SIZE = 100;
/** Pages kept on either side of the one being looked at. */
export const PAGES_NEAR = 5;

/**
 * @typedef {{ cursor: string | null, size: number, items: Wire.Invoice[] | null }} Page
 * @typedef {Record<string, string>} Query the list's own part of the query, such as `q` or `before`
 * @typedef {object} Pages
 * @property {number} id identifies one opening of a list; 0 while closed
 * @property {boolean} open
 * @property {Query} query
 * @property {Page[]} pages
 * @property {string | null} next where the page after the last begins
 * @property {boolean} ended nothing older exists
 * @property {number | null} loading the page on its way
 * @property {string | null} error why the last page did not come
 */

/** @returns {Pages} */
export function closePages() {
  return { id: 0, open: false, query: {}, pages: [], next: null, ended: false, loading: null, error: null };
}

/** @param {number} id @param {Query} query @returns {Pages} */
export function openPages(id, query) {
  return { ...closePages(), id, open: true, query };
}

/** @param {Pages} list @param {number} index @returns {Pages} */
export function startPage(list, index) {
  return list.open ? { ...list, loading: index, error: null } : list;
}

/** @param {Pages} list @param {number} index @param {string} detail @returns {Pages} */
export function failPage(list, index, detail) {
  return list.loading === index ? { ...list, loading: null, error: detail } : list;
}

/**
 * Adds a page; a page that was not requested (the list was closed meanwhile) is ignored.
 * @param {Pages} list @param {number} index @param {Wire.Page} page @returns {Pages}
 */
export function addPage(list, index, page) {
  if (!list.open || list.loading !== index) return list;
  const kept = { ...list, loading: null, error: null };
  const known = list.pages[index];
  if (known) {
    const again = { ...known, items: page.items };
    return { ...kept, pages: list.pages.map((each, at) => (at === index ? again : each)) };
  }
  const cursor = index === 0 ? null : list.next;
  const pages = [...list.pages, { cursor, size: page.items.length, items: page.items }];
  return { ...kept, pages, next: page.next, ended: page.next === null };
}

/** @param {Pages} list @param {number} index the page looked at @returns {Pages} */
export function dropFarPages(list, index) {
  const isFar = (/** @type {number} */ at) => Math.abs(at - index) > PAGES_NEAR;
  if (!list.pages.some((page, at) => page.items && isFar(at))) return list;
  return { ...list, pages: list.pages.map((page, at) => (isFar(at) ? { ...page, items: null } : page)) };
}

/** Allows a failed page to be requested again. @param {Pages} list @returns {Pages} */
export function retryPages(list) {
  return { ...list, error: null };
}

/** @param {Pages} list */
export function countRows(list) {
  return list.pages.reduce((count, page) => count + page.size, 0);
}

/**
 * The page of a row of the list, and the row's index in the page.
 * @param {Pages} list @param {number} at @returns {{ index: number, offset: number } | null}
 */
export function locate(list, at) {
  let offset = at;
  for (const [index, page] of list.pages.entries()) {
    if (offset < page.size) return { index, offset };
    offset -= page.size;
  }
  return null;
}

/** The invoice at an index; undefined when its page is not loaded, null when it was removed. @param {Pages} list @param {number} at */
export function invoiceAt(list, at) {
  const place = locate(list, at);
  const page = place && list.pages[place.index];
  if (!place || !page?.items) return undefined;
  return page.items[place.offset] ?? null;
}

/**
 * The page to fetch so that the rows from..to can be drawn; null when none, or one is on its way already.
 * @param {Pages} list @param {number} from @param {number} to
 */
export function missingPage(list, from, to) {
  if (!list.open || list.loading !== null || list.error !== null) return null;
  for (const at of [from, to]) {
    const place = locate(list, at);
    if (place && list.pages[place.index]?.items === null) return place.index;
  }
  const reachesEnd = to >= countRows(list) - 1;
  return reachesEnd && !list.ended ? list.pages.length : null;
}

/**
 * The query of a page, without its leading question mark.
 * @param {Pages} list @param {number} index @param {Record<string, string>} more
 */
export function pageQuery(list, index, more) {
  const query = new URLSearchParams({ ...more, ...list.query, limit: String(PAGE_SIZE) });
  const cursor = list.pages[index] ? list.pages[index]?.cursor : list.next;
  if (index > 0 && cursor) query.set("cursor", cursor);
  return query.toString();
}
