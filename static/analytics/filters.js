/** The filters: one chip for each dimension, which says what is chosen, opens to choose, and can be taken away. */
import { askMembers } from "./ask.js";
import { filterOf, withFilter } from "./address.js";
import { dimensionText, filterText, memberText, valueText } from "./labels.js";
import { call } from "../ui/api.js";
import { find, make, write } from "../ui/dom.js";

/** @typedef {import("./page.js").Page} Page */

/** More members than this can be searched. */
const SEARCHED = 8;
const KINDS = ["invoice", "credit_note"];

/** @param {Page} page */
export function mountFilters(page) {
  const chips = [...document.querySelectorAll("[data-filter]")].map((element) => new Chip(page, /** @type {HTMLElement} */ (element)));
  const clear = find('[data-action="clear-filters"]');
  clear.addEventListener("click", () => page.go({ filters: [], drill: "", at: "", proof: "" }));
  page.store.subscribe(({ address }) => {
    for (const chip of chips) chip.draw();
    clear.hidden = address.filters.length < 2;
  });
}

class Chip {
  /** @param {Page} page @param {HTMLElement} element */
  constructor(page, element) {
    this.page = page;
    this.element = element;
    this.dimension = element.dataset.filter ?? "";
    this.pick = /** @type {HTMLDetailsElement} */ (find("details", element));
    this.form = /** @type {HTMLFormElement} */ (find("form", element));
    this.clear = find('[data-action="clear-filter"]', element);
    this.clear.setAttribute("aria-label", `Clear the filter by ${dimensionText(this.dimension).toLowerCase()}`);
    this.clear.addEventListener("click", () => this.apply([], false));
    this.pick.addEventListener("toggle", () => this.pick.open && void this.load());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  draw() {
    const filter = filterOf(this.page.state.address, this.dimension);
    write(find("[data-chip-text]", this.element), filter ? filterText(filter) : dimensionText(this.dimension));
    this.element.classList.toggle("is-on", filter !== undefined);
    this.clear.hidden = filter === undefined;
  }

  /** The members are those of the range; what is chosen stays among them. */
  async load() {
    this.form.replaceChildren(make("p", "panel-note", "Loading…"));
    try {
      this.drawForm(await this.members());
    } catch (error) {
      this.form.replaceChildren(make("p", "notice", error instanceof Error ? error.message : String(error)));
    }
  }

  /** @returns {Promise<{ name: string, note: string }[]>} */
  async members() {
    const { first, state, currency } = this.page;
    if (this.dimension === "kind") return KINDS.map((name) => ({ name, note: "" }));
    if (this.dimension === "feed") return first.feeds.map(({ name, is_test }) => ({ name, note: is_test ? "generated, counts only when chosen" : "" }));
    if (this.dimension === "store") return first.stores.map(({ slug, name, is_demo }) => ({ name: slug, note: is_demo ? `${name}, demonstration` : name }));
    /** @type {Figures.Answer} */
    const answer = await call("GET", askMembers(state, this.dimension));
    const notes = new Map(answer.totals.map((row) => [String(row[this.dimension]), ""]));
    for (const row of answer.totals) if (row.currency === currency) notes.set(String(row[this.dimension]), `${valueText(row.revenue, "money", currency)} ${currency}`);
    for (const member of filterOf(state.address, this.dimension)?.members ?? []) if (!notes.has(member)) notes.set(member, "");
    return [...notes].map(([name, note]) => ({ name, note }));
  }

  /** @param {{ name: string, note: string }[]} members */
  drawForm(members) {
    const filter = filterOf(this.page.state.address, this.dimension);
    const list = make("div", "member-choices", ...members.map(({ name, note }) => makeBox(name, memberText(name, this.dimension), note, filter?.members.includes(name) ?? false)));
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", dimensionText(this.dimension));
    const sign = makeSign(filter?.isNot ?? false);
    const apply = make("button", "button is-small", "Apply");
    const search = members.length > SEARCHED ? [makeSearch(list)] : [];
    this.form.replaceChildren(...search, sign, members.length ? list : make("p", "panel-note", "No sales in this range."), apply);
    /** @type {HTMLElement | null} */ (this.form.querySelector("input"))?.focus();
  }

  submit() {
    const data = new FormData(this.form);
    this.apply(data.getAll("member").map(String), data.get("sign") === "not");
    this.pick.open = false;
    find("summary", this.pick).focus();
  }

  /** @param {string[]} members @param {boolean} isNot */
  apply(members, isNot) {
    this.page.go({ ...withFilter(this.page.state.address, { dimension: this.dimension, members, isNot }), drill: "", at: "", proof: "" });
  }
}

/** @param {string} name @param {string} text @param {string} note @param {boolean} isChosen */
function makeBox(name, text, note, isChosen) {
  const box = document.createElement("input");
  [box.type, box.name, box.value, box.checked] = ["checkbox", "member", name, isChosen];
  return make("label", "check member-choice", box, make("span", "", text), make("span", "unit", note));
}

/** @param {boolean} isNot */
function makeSign(isNot) {
  const sign = document.createElement("select");
  sign.name = "sign";
  sign.setAttribute("aria-label", "Only these, or all others");
  sign.append(new Option("only these", "is", !isNot, !isNot), new Option("all but these", "not", isNot, isNot));
  return sign;
}

/** @param {HTMLElement} list */
function makeSearch(list) {
  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = "Search";
  search.setAttribute("aria-label", "Search the members");
  search.addEventListener("input", () => {
    for (const label of list.children) {
      if (label instanceof HTMLElement) label.hidden = !label.textContent?.toLowerCase().includes(search.value.trim().toLowerCase());
    }
  });
  return search;
}
