/** The side panel of one invoice. It has its own address: back, forward and a copied link work. */
import { invoiceIn, invoicePath, withInvoice } from "./address.js";
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";
import { save } from "./files.js";
import { formatExact, formatPercent } from "../ui/format.js";
import { hasDocument, isCredit, makeBadge, signedMoney } from "./rows.js";
import { makeTime } from "../ui/time.js";

/** @param {(number: string | null) => void} onOpen called with the invoice that is open */
export function mountDetail(onOpen) {
  return new Detail(onOpen);
}

export class Detail {
  /** @param {(number: string | null) => void} onOpen */
  constructor(onOpen) {
    this.onOpen = onOpen;
    this.panel = find("[data-detail]");
    this.body = find("[data-detail-body]");
    this.acts = find("[data-detail-acts]");
    /** @type {string | null} */
    this.number = null;
    /** @type {Wire.Invoice | null} */
    this.invoice = null;
    /** @type {Element | null} where the reader was before */
    this.cameFrom = null;
    find('[data-action="detail-close"]').addEventListener("click", () => this.close());
    this.files = find("[data-detail-files]");
    this.raw = find("[data-detail-raw]");
    for (const button of this.acts.querySelectorAll("button")) button.addEventListener("click", () => this.copy(button));
    for (const button of this.files.querySelectorAll("button")) button.addEventListener("click", () => this.save(button));
    addEventListener("popstate", () => this.follow());
    this.follow();
  }

  /** Opens the invoice that the address names, or closes the panel. */
  follow() {
    const number = invoiceIn(location.search);
    if (number === null) this.hide();
    else void this.show(number, null);
  }

  /** @param {string} number @param {Wire.Invoice | null} invoice when it is known already @param {boolean} [takesFocus] */
  open(number, invoice, takesFocus = true) {
    if (this.number === null) {
      this.cameFrom = document.activeElement;
      history.pushState({ opened: true }, "", withInvoice(location.search, number));
    } else {
      history.replaceState(history.state, "", withInvoice(location.search, number));
    }
    void this.show(number, invoice);
    if (takesFocus) bound("detail-number").focus();
  }

  close() {
    if (this.number === null) return;
    if (history.state?.opened) history.back();
    else {
      history.replaceState(null, "", withInvoice(location.search, null));
      this.hide();
    }
  }

  hide() {
    if (this.number === null) return;
    const hadFocus = this.panel.contains(document.activeElement);
    this.number = this.invoice = null;
    this.panel.hidden = true;
    this.onOpen(null);
    if (hadFocus && this.cameFrom instanceof HTMLElement) this.cameFrom.focus();
  }

  /** @param {string} number @param {Wire.Invoice | null} invoice */
  async show(number, invoice) {
    this.number = number;
    this.panel.hidden = false;
    write(bound("detail-number"), number);
    this.onOpen(number);
    if (invoice) this.draw(invoice);
    else this.tell("Loading…");
    if (invoice && !hasDocument(number)) return;
    try {
      // The module of real documents comes with the first of them.
      const [found, { drawDocument }] = await Promise.all([call("GET", invoicePath(number)), import("./document.js")]);
      if (this.number === number) this.draw(found, drawDocument);
    } catch (error) {
      // The drawn part stays: only the data beyond the row is missing.
      if (this.number === number && !invoice) this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** Shows a message instead of an invoice. @param {string} words */
  tell(words) {
    this.invoice = null;
    this.body.replaceChildren();
    this.acts.hidden = this.files.hidden = this.raw.hidden = true;
    this.refuse("");
    const note = bound("detail-note");
    note.hidden = words === "";
    write(note, words);
  }

  /** @param {Wire.Invoice | Wire.Document} invoice @param {(document: Wire.Document) => HTMLElement[]} [drawDocument] */
  draw(invoice, drawDocument) {
    this.tell("");
    this.invoice = invoice;
    this.acts.hidden = this.files.hidden = this.raw.hidden = false;
    write(bound("detail-raw"), JSON.stringify(invoice, null, 2));
    const total = document.createElement("p");
    total.className = "detail-total";
    total.classList.toggle("is-credit", isCredit(invoice));
    total.append(`${signedMoney(invoice, invoice.total_amount)} ${invoice.currency} `, ...(isCredit(invoice) ? [makeBadge()] : []));
    const facts = document.createElement("dl");
    facts.className = "detail-facts";
    facts.append(
      fact("Issued", makeTime(invoice.invoice_date)),
      fact("In UTC", formatExact(invoice.invoice_date)),
      fact("Seller", invoice.seller_name),
      fact("Buyer", invoice.buyer_name),
      fact("Subtotal", signedMoney(invoice, invoice.subtotal), "amount"),
      fact(`VAT, ${formatPercent(invoice.vat_rate)}`, signedMoney(invoice, invoice.vat_amount), "amount"),
      fact("Total", signedMoney(invoice, invoice.total_amount), "amount"),
    );
    this.body.append(total, facts);
    if (drawDocument && "lines" in invoice && hasDocument(invoice.invoice_number)) this.body.append(...drawDocument(invoice));
  }

  /** Shows below the buttons why there is no file. @param {string} words */
  refuse(words) {
    const note = bound("detail-refusal");
    note.hidden = words === "";
    write(note, words);
    if (words) note.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLButtonElement} button */
  async save(button) {
    const number = this.number;
    if (number === null || button.ariaBusy) return;
    this.refuse("");
    button.setAttribute("aria-busy", "true");
    try {
      await save(number, /** @type {keyof typeof import("./files.js").FILES} */ (button.dataset.file));
    } catch (error) {
      if (this.number === number) this.refuse(error instanceof Error ? error.message : String(error));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** @param {HTMLButtonElement} button */
  async copy(button) {
    if (!this.invoice) return;
    const texts = { number: this.invoice.invoice_number, link: location.href, json: JSON.stringify(this.invoice, null, 2) };
    const kind = /** @type {keyof typeof texts} */ (button.dataset.copy);
    const label = button.textContent ?? "";
    const words = await navigator.clipboard.writeText(texts[kind]).then(() => "Copied", () => "Could not copy");
    write(button, words);
    write(bound("copied"), words);
    setTimeout(() => write(button, label), 1500);
  }
}

/** @param {string} name @param {string | Node} content @param {string} [kind] */
function fact(name, content, kind) {
  const [row, term, value] = [document.createElement("div"), document.createElement("dt"), document.createElement("dd")];
  term.textContent = name;
  value.append(content);
  if (kind) value.className = kind;
  row.append(term, value);
  return row;
}
