/** The documents that an import holds: a form for each, with the fields of its rows. */
import { call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** @typedef {Imports.HeldRow} HeldRow */

/** @type {Record<string, string>} */
const ENDS = { set_aside: "Left out. Its rows stay in the quarantine.", healed: "Was there already.", replaced: "A later file has it differently." };

export class HeldRows {
  /** @param {string} path the address of the import in the API */
  constructor(path) {
    this.path = path;
    this.list = find("[data-held-rows]");
    this.list.replaceChildren();
    const more = /** @type {HTMLButtonElement} */ (find('[data-action="more-held"]'));
    more.onclick = () => void this.load();
    this.more = more;
    /** @type {string | null} */
    this.next = null;
  }

  async load() {
    const { items, next } = await call("GET", `${this.path}/held${this.next ? `?cursor=${this.next}` : ""}`);
    this.next = next;
    this.more.hidden = !next;
    this.list.append(...items.map(makeForm));
    find("[data-held]").hidden = this.list.childElementCount === 0;
    write(bound("fix-heading"), next ? "Held back" : `Held back: ${formatCount(this.list.childElementCount)}`);
  }
}

/** @param {HeldRow} row @returns {HTMLElement} */
function makeForm(row) {
  const template = /** @type {HTMLTemplateElement} */ (find("[data-held-template]"));
  const form = /** @type {HTMLFormElement} */ (find("form", /** @type {DocumentFragment} */ (template.content.cloneNode(true))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void resolve(form, row, "correct");
  });
  for (const button of form.querySelectorAll("[data-act]")) {
    if (button instanceof HTMLElement) button.addEventListener("click", () => void resolve(form, row, button.dataset.act ?? ""));
  }
  drawForm(form, row);
  drawCells(form, row);
  return form;
}

/** @param {HTMLFormElement} form @param {HeldRow} row */
function drawForm(form, row) {
  const isOpen = row.state === "open";
  write(part(form, "title"), /^line \d/.test(row.key) ? `Line ${row.line}` : `${row.key}, line ${row.line}`);
  const issued = row.invoice_number ? `Issued as ${row.invoice_number}.` : (ENDS[row.state] ?? "");
  write(part(form, "message"), isOpen ? row.message : issued);
  form.classList.toggle("is-resolved", !isOpen);
  find('[data-act="accept"]', form).hidden = !row.may_accept;
  if (isOpen) return;
  for (const name of ["cells", "text-label"]) part(form, name).hidden = true;
  find(".imports-acts", form).hidden = true;
}

/** @param {HTMLFormElement} form @param {HeldRow} row */
function drawCells(form, { cells, columns, text, message }) {
  part(form, "text-label").hidden = cells !== null;
  const area = /** @type {HTMLTextAreaElement} */ (part(form, "text"));
  area.value = cells === null ? text : "";
  if (cells === null) return;
  const shown = columns.map((name, place) => cells.some((row) => row[place]) || message.includes(name));
  part(form, "cells").replaceChildren(...cells.map((row) => make("div", "fields", ...row.flatMap((value, place) => (shown[place] ? [makeCell(columns[place] ?? "", value, place)] : [])))));
}

/** @param {string} name @param {string} value @param {number} place */
function makeCell(name, value, place) {
  const input = Object.assign(document.createElement("input"), { value, autocomplete: "off" });
  input.dataset.place = String(place);
  return make("label", "", `${name} `, input);
}

/** @param {HTMLFormElement} form @param {HeldRow} row @param {string} act */
async function resolve(form, row, act) {
  const cells = act === "correct" && row.cells ? readCells(form, row.cells) : null;
  const text = act === "correct" && !row.cells ? /** @type {HTMLTextAreaElement} */ (part(form, "text")).value : "";
  form.setAttribute("aria-busy", "true");
  try {
    drawForm(form, await call("POST", `/api/imports/held/${row.id}`, { act, cells, text }));
  } catch (error) {
    write(part(form, "message"), error instanceof Error ? error.message : String(error));
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** The rows with what a person has written into the fields that are shown. @param {HTMLFormElement} form @param {string[][]} before */
function readCells(form, before) {
  const rows = [...part(form, "cells").children];
  return before.map((row, at) => {
    const changed = [...row];
    for (const input of rows[at]?.querySelectorAll("input") ?? []) changed[Number(input.dataset.place)] = input.value;
    return changed;
  });
}

/** @param {HTMLElement} form @param {string} name @returns {HTMLElement} */
function part(form, name) {
  return find(`[data-part="${name}"]`, form);
}
