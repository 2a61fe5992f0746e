/** Finds and writes elements; an unchanged value is not written again. */

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector @param {ParentNode} [within] @returns {T}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return /** @type {T} */ (/** @type {unknown} */ (element));
}

/** @param {string} name @param {ParentNode} [within] */
export function bound(name, within = document) {
  return find(`[data-bind="${name}"]`, within);
}

/** @param {string} name */
export function tested(name) {
  return find(`[data-testid="${name}"]`);
}

/** @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} name @param {string} text */
export function writeAll(name, text) {
  for (const element of document.querySelectorAll(`[data-bind="${name}"]`)) write(element, text);
}

/** A new element. @param {string} tag @param {string} kind its classes @param {(string | Node)[]} content @returns {HTMLElement} */
export function make(tag, kind, ...content) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...content);
  return element;
}

/** The JSON data that the server put into the page. @param {string} id @returns {any} */
export function readIsland(id) {
  return JSON.parse(find(`#${id}`).textContent ?? "null");
}

/** Stores a choice in this browser; private modes may reject it. @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(`invoicedash.${name}`, value);
  } catch {
    // The choice applies to this page only.
  }
}
