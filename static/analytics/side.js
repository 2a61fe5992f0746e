/** The side panel: the documents behind a figure, or how the figure is calculated. What it shows is part of the address. */
import { drawDocuments } from "./documents.js";
import { metricOf } from "./ask.js";
import { drawProof } from "./standing.js";
import { bound, find, make, write } from "../ui/dom.js";

/** @typedef {import("./page.js").Page} Page */

/** @param {Page} page @param {(number: string) => void} onOpen called with the document that the reader chooses */
export function mountSide(page, onOpen) {
  const side = new Side(page, onOpen);
  page.store.subscribe((state, before) => {
    if (state.parts.side !== before?.parts.side || state.address !== before.address) side.draw();
  });
  return side;
}

export class Side {
  /** @param {Page} page @param {(number: string) => void} onOpen */
  constructor(page, onOpen) {
    this.page = page;
    this.onOpen = onOpen;
    this.panel = find("[data-side]");
    this.body = find("[data-side-body]");
    /** @type {Figures.Document[]} those of the list, for the keys that go through it */
    this.documents = [];
    /** @type {unknown} the answer that is drawn */
    this.drawn = null;
    this.key = "";
    /** @type {Element | null} where the reader was before */
    this.cameFrom = null;
    find('[data-action="side-close"]').addEventListener("click", () => this.close());
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  close() {
    this.page.go({ drill: "", at: "", proof: "" });
  }

  draw() {
    const { address, parts } = this.page.state;
    const name = address.drill || address.proof;
    if (!name) return this.hide();
    const key = [name, address.drill ? "documents" : "proof", address.at].join(" ");
    if (this.key !== key || !this.isOpen) this.open(key);
    const title = (metricOf(this.page.state, name)?.title ?? name).toLowerCase();
    write(bound("side-title"), address.drill ? `Documents behind ${title}` : `How ${title} is calculated`);
    const { asked, answered, answer, error } = parts.side;
    if (error) return this.body.replaceChildren(make("p", "notice", error));
    if (asked !== answered || !answer) return this.wait();
    if (answer === this.drawn) return;
    this.drawn = answer;
    if (address.drill) drawDocuments(this, answer);
    else drawProof(this, answer, name);
  }

  /** @param {string} key */
  open(key) {
    const wasOpen = this.isOpen;
    this.key = key;
    this.drawn = null;
    this.documents = [];
    this.panel.hidden = false;
    if (wasOpen) return;
    this.cameFrom = document.activeElement;
    bound("side-title").focus({ preventScroll: true });
  }

  hide() {
    if (!this.isOpen) return;
    const hadFocus = this.panel.contains(document.activeElement) || document.activeElement === document.body;
    this.panel.hidden = true;
    this.key = "";
    if (hadFocus && this.cameFrom instanceof HTMLElement && this.cameFrom.isConnected) this.cameFrom.focus();
  }

  wait() {
    if (!this.body.querySelector(":scope > .note")) this.body.replaceChildren(make("p", "note", "Loading…"));
  }

  /** The document of the list that lies one further than another. @param {string | null} number @param {1 | -1} step */
  neighbour(number, step) {
    const at = this.documents.findIndex((item) => item.number === number);
    return this.documents[at === -1 ? 0 : at + step]?.number ?? null;
  }
}
