/** The options of an import as the form has them, and as parameters of the API. */
import { find } from "../ui/dom.js";

const form = () => /** @type {HTMLFormElement} */ (find('[data-form="options"]'));
/** Options that the form writes as they are. */
const PLAIN = ["seller", "currency", "series", "timezone"];

/** @param {string} name @returns {HTMLInputElement | HTMLSelectElement} */
export function fieldNamed(name) {
  return find(`[name="${name}"]`, form());
}

/** The selects of the columns, by the field of a document. @returns {Map<string, HTMLSelectElement>} */
export function columnSelects() {
  /** @type {Map<string, HTMLSelectElement>} */
  const found = new Map();
  for (const select of form().querySelectorAll("[data-column]")) if (select instanceof HTMLSelectElement) found.set(select.name, select);
  return found;
}

/** A pause in typing, ms. */
const PAUSE_MS = 300;

/** @param {(field: string) => void} changed called with the name of a field that a person has changed, also while typing */
export function onChange(changed) {
  let timer = 0;
  form().addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type === "checkbox") return;
    clearTimeout(timer);
    timer = window.setTimeout(() => changed(target.name), PAUSE_MS);
  });
  form().addEventListener("change", (event) => {
    clearTimeout(timer);
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) changed(event.target.name);
  });
  form().addEventListener("submit", (event) => event.preventDefault());
}

/**
 * The parameters of `POST /api/imports` and its preview.
 * @param {File} file @param {string} format empty: as the file shows @param {boolean} hasMapping whether the columns of the form count
 */
export function readParameters(file, format, hasMapping) {
  const parameters = new URLSearchParams({ name: file.name });
  for (const name of PLAIN) if (fieldNamed(name).value.trim()) parameters.set(name, fieldNamed(name).value.trim());
  const rate = readRate();
  if (rate) parameters.set("vat_rate", rate);
  if (format && !(format === "table" && hasMapping)) parameters.set("format", format);
  if (isChecked("announce")) parameters.set("announce", "true");
  const mapping = { ...(hasMapping ? readColumns() : {}), ...readMarks() };
  if (Object.keys(mapping).length) parameters.set("mapping", JSON.stringify(mapping));
  return parameters;
}

/** `19`, `19,5` and `19 %` as a part of one; anything else as it is, for the server to name. */
function readRate() {
  const text = fieldNamed("vat_rate").value.trim().replace("%", "").replace(",", ".").trim();
  return /^\d{1,2}(\.\d{1,4})?$/.test(text) ? String(Number((Number(text) / 100).toFixed(6))) : text;
}

/** @param {string} name */
function isChecked(name) {
  const field = fieldNamed(name);
  return field instanceof HTMLInputElement && field.checked;
}

/** The mapping, nested where its fields have a dot. @returns {Record<string, unknown>} */
function readColumns() {
  /** @type {Record<string, any>} */
  const mapping = {};
  for (const [field, select] of columnSelects()) {
    if (!select.value) continue;
    const [name = "", inner] = field.split(".");
    if (inner) (mapping[name] ??= {})[inner] = select.value;
    else mapping[name] = select.value;
  }
  if (isChecked("prices_include_vat")) mapping.prices_include_vat = true;
  return mapping;
}

function readMarks() {
  const names = ["date_order", "decimal_mark"].filter((name) => fieldNamed(name).value);
  return Object.fromEntries(names.map((name) => [name, fieldNamed(name).value]));
}
