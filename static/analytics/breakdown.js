/** What a figure is made of: the members of one dimension as ranked bars in a table. A member becomes a filter. */
import { breakdownOf, breakdownsOf, brokenDown, daysOfBreakdown, rangeOf } from "./ask.js";
import { withFilter } from "./address.js";
import { makeChange } from "./cards.js";
import { changeOf, daysText, dimensionText, filterText, memberText, valueText } from "./labels.js";
import { heightOf, membersOf } from "./reading.js";
import { isWaiting } from "./state.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** @typedef {import("./page.js").Page} Page @typedef {ReturnType<typeof membersOf>[number]} Member */

const SHOWN = 12;

/** @param {Page} page */
export function mountBreakdown(page) {
  const breakdown = new Breakdown(page);
  page.store.subscribe((state, before) => {
    if (state.parts !== before?.parts || state.address !== before.address) breakdown.draw();
  });
}

class Breakdown {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.body = find("[data-members]");
    this.choices = find("[data-breakdowns]");
    this.drawn = "";
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.choices.addEventListener("click", (event) => {
      if (event.target instanceof HTMLButtonElement) page.go({ by: event.target.value });
    });
  }

  draw() {
    const { state, currency } = this.page;
    const dimension = breakdownOf(state);
    const metric = brokenDown(state, dimension);
    const part = state.parts.breakdown;
    this.drawChoices(dimension);
    write(bound("breakdown-title"), metric ? `${metric.title} by ${dimensionText(dimension).toLowerCase()}` : "Breakdown");
    this.body.classList.toggle("is-waiting", isWaiting(part) || Boolean(part.error));
    const isCurrent = part.answered.includes(`by=${dimension}`);
    const members = metric && isCurrent ? membersOf(part.answer, dimension, metric.name, currency) : [];
    const shown = members.slice(0, SHOWN);
    const text = JSON.stringify([shown, members.length, state.address.filters]);
    write(bound("breakdown-note"), noteOf(this.page, dimension, members.length, part.error));
    if (text === this.drawn) return;
    this.drawn = text;
    write(bound("breakdown-words"), `${metric?.title ?? ""} by ${dimension}, the largest first`);
    const whole = members.reduce((sum, { value }) => sum + Math.max(0, heightOf(value) ?? 0), 0);
    const most = Math.max(...members.map(({ value }) => Math.abs(heightOf(value) ?? 0)), 0);
    this.body.replaceChildren(...shown.map((member) => this.makeRow(member, dimension, metric, { whole, most })));
  }

  /** @param {string} chosen */
  drawChoices(chosen) {
    const names = breakdownsOf(this.page.state).filter((name) => name !== "store" || this.page.first.stores.length > 1);
    const text = names.join(" ");
    if (this.choices.dataset.names !== text) {
      this.choices.dataset.names = text;
      this.choices.replaceChildren(...names.map(makeChoice));
    }
    for (const button of this.choices.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === chosen));
  }

  /** @param {Member} member @param {string} dimension @param {Figures.Metric | undefined} metric @param {{ whole: number, most: number }} scale */
  makeRow({ member, value, earlier }, dimension, metric, { whole, most }) {
    const name = make("button", "member", memberText(member, dimension));
    name.setAttribute("type", "button");
    name.title = filterText({ dimension, members: [member], isNot: false });
    name.dataset.member = member;
    const bar = make("span", "member-bar");
    const height = heightOf(value) ?? 0;
    bar.style.inlineSize = `${most ? (Math.max(0, height) / most) * 100 : 0}%`;
    const label = make("th", "", name, bar);
    label.setAttribute("scope", "row");
    const change = this.page.state.parts.breakdown.answer?.comparison ? changeOf(value, earlier, metric?.name ?? "") : null;
    const share = whole > 0 && height > 0 ? new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 }).format(height / whole) : "";
    return make("tr", "", label, make("td", "number", valueText(value, metric?.unit, this.page.currency)), make("td", "number is-soft", share), make("td", "number", ...(change ? [makeChange(change)] : [])));
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-member]") : null;
    if (!(button instanceof HTMLElement)) return;
    const { state } = this.page;
    const filter = { dimension: breakdownOf(state), members: [button.dataset.member ?? ""], isNot: false };
    this.page.go({ ...withFilter(state.address, filter), drill: "", at: "", proof: "" });
  }
}

/** @param {string} name */
function makeChoice(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.value = name;
  // Four names stand side by side.
  button.textContent = name === "customer_segment" ? "Segment" : dimensionText(name);
  return button;
}

/** @param {Page} page @param {string} dimension @param {number} count @param {string} error */
function noteOf({ state }, dimension, count, error) {
  if (error) return error;
  if (!dimension) return "These figures cannot be broken down with this filter.";
  const { days } = rangeOf(state);
  const shown = daysOfBreakdown(state, dimension);
  const notes = count > SHOWN ? [`The largest ${SHOWN} of ${formatCount(count)}.`] : [];
  if (shown.from !== days.from || shown.to !== days.to) notes.push(`Products of so many invoices are kept by month: ${daysText(shown)}.`);
  return notes.join(" ");
}
