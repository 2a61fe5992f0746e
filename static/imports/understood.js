/** Draws what a file was understood to be: its facts, its columns, its first documents, and what would be held. */
import { columnSelects, fieldNamed } from "./options.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount, formatDate, formatMoney, formatQuantity } from "../ui/format.js";

/** @type {Record<string, string>} */
const SEPARATORS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
/** @type {Record<string, string>} */
const ENCODINGS = { xlsx: "Excel workbook", "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "windows-1252": "Windows-1252 (Latin-1)" };
/** @type {Record<string, string>} */
const NEEDED = { date: "the column of the date", "lines.unit_price": "the column of the price", seller: "the seller", currency: "the currency", vat_rate: "the VAT rate" };
/** @type {Record<string, string>} */
const NOTES = {
  guess: "Guessed from the headings. Look at the first invoices below, and change what is not right.",
  kept: "As in your last file with these columns.",
};

/** @param {Imports.Preview} preview @param {boolean} isFirst whether the form is filled from the file */
export function drawPreview(preview, isFirst) {
  const { detected, mapping, needed } = preview;
  write(bound("facts"), describe(preview));
  fieldNamed("format").value = detected.format ?? "table";
  find("[data-columns]").hidden = detected.format !== "table";
  if (isFirst) fillOptions(preview);
  if (mapping) drawColumns(detected.columns, mapping);
  if (preview.mapping_from && preview.mapping_from !== "given") write(bound("mapping-note"), NOTES[preview.mapping_from] ?? "");
  drawDocuments(/** @type {Imports.Document[]} */ (/** @type {unknown} */ (preview.documents)), needed);
  // Without a currency, for example, every document would be held.
  drawHeld(needed.length ? [] : preview.held);
  drawNeeded(needed);
}

/** @param {Imports.Preview} preview */
function describe({ detected }) {
  const columns = detected.columns.length;
  return [
    ENCODINGS[detected.encoding] ?? detected.encoding,
    detected.separator ? `separated by ${SEPARATORS[detected.separator] ?? detected.separator}` : "",
    columns ? `${formatCount(columns)} columns` : "",
    detected.rows === null ? "more than 5,000 rows" : `${formatCount(detected.rows ?? 0)} ${detected.rows === 1 ? "row" : "rows"}`,
    detected.decimal_mark === "," ? "decimals as 12,50" : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What the server used where the person has not chosen. @param {Imports.Preview} preview */
function fillOptions({ options, mapping }) {
  for (const name of ["seller", "currency", "series", "timezone"]) {
    const value = options[name];
    if (typeof value === "string" && value) fieldNamed(name).value = value;
  }
  if (typeof options.vat_rate === "string") fieldNamed("vat_rate").value = String(Number((Number(options.vat_rate) * 100).toFixed(4)));
  const gross = fieldNamed("prices_include_vat");
  if (gross instanceof HTMLInputElement) gross.checked = mapping?.prices_include_vat === true;
}

/** @param {string[]} columns @param {Record<string, unknown>} mapping */
function drawColumns(columns, mapping) {
  for (const [field, select] of columnSelects()) {
    const wanted = columnOf(mapping, field);
    const names = [...select.options].slice(1).map((option) => option.value);
    if (names.join("\n") !== columns.join("\n")) {
      while (select.options.length > 1) select.remove(1);
      for (const column of columns) select.add(new Option(column, column));
    }
    select.value = columns.includes(wanted) ? wanted : "";
  }
}

/** @param {Record<string, any>} mapping @param {string} field @returns {string} */
function columnOf(mapping, field) {
  const [name = "", inner] = field.split(".");
  const found = inner ? mapping[name]?.[inner] : mapping[name];
  return typeof found === "string" ? found : "";
}

/** @param {Imports.Document[]} documents @param {string[]} needed */
function drawDocuments(documents, needed) {
  find("[data-documents]").replaceChildren(...documents.map(makeRow));
  find(".preview-frame").hidden = documents.length === 0;
  write(bound("documents-heading"), documents.length === 1 ? "The first invoice" : "The first invoices");
  const why = needed.length ? "The first invoices are shown here when all that is needed is filled in." : "No row of the first ones is an invoice as it is.";
  write(bound("no-documents"), documents.length ? "" : why);
}

/** @param {Imports.Document} document */
function makeRow(document) {
  const isCredit = document.kind === "credit_note";
  const sign = isCredit ? "-" : "";
  const total = document.total_amount ? formatMoney(sign + document.total_amount, document.currency ?? "") : "";
  const items = document.lines.map((line) => `${formatQuantity(line.quantity)} × ${line.description}`);
  const shown = items.length > 3 ? [...items.slice(0, 3), `and ${items.length - 3} more`] : items;
  const number = make("td", "", document.number ?? "next number");
  if (isCredit) number.append(" ", make("span", "is-credit", "credit note"));
  return make(
    "tr",
    "",
    number,
    make("td", "", formatDate(document.invoice_date)),
    make("td", "", document.buyer.name),
    make("td", "", shown.join(", ")),
    make("td", "is-number", total && document.currency ? `${total} ${document.currency}` : total),
  );
}

/** @param {Imports.Preview["held"]} held */
function drawHeld(held) {
  find("[data-held-preview]").hidden = held.length === 0;
  write(bound("held-heading"), held.length === 20 ? "Held back, the first 20" : `Held back: ${formatCount(held.length)}`);
  find("[data-held-list]").replaceChildren(...held.map(({ line, message }) => make("li", "", /^Line \d/.test(message) ? message : `Line ${line}: ${message}`)));
}

/** @param {string[]} needed */
function drawNeeded(needed) {
  write(bound("needed"), needed.length ? `Still needed: ${needed.map((name) => NEEDED[name] ?? name).join(", ")}.` : "");
  for (const name of Object.keys(NEEDED)) fieldNamed(name).toggleAttribute("aria-invalid", needed.includes(name));
  for (const name of needed) if (name in NEEDED) fieldNamed(name).setAttribute("aria-invalid", "true");
}
