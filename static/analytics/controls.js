/** The controls of range, grain, comparison and currency. Each is a part of the address. */
import { askMonths, rangeOf } from "./ask.js";
import { dayIn, lastOfMonth } from "./days.js";
import { dayText, daysText, valueText } from "./labels.js";
import { daysOf, GRAINS, grainsOf, moved, RANGES } from "./ranges.js";
import { currencyTotals, soldMonths } from "./reading.js";
import { call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";

/** @typedef {import("./page.js").Page} Page @typedef {import("./address.js").Address} Address */

/** What another range closes. @type {Partial<Address>} */
const CLOSED = { drill: "", at: "", proof: "" };

/** @param {Page} page */
export function mountControls(page) {
  mountPicks();
  mountRange(page);
  mountGrain(page);
  const compare = select("compare");
  compare.addEventListener("change", () => page.go({ compare: /** @type {Address["compare"]} */ (compare.value) }));
  page.store.subscribe(({ address }) => (compare.value = address.compare));
  mountCurrencies(page);
  mountSteps(page);
}

/** @param {string} name @returns {HTMLSelectElement} */
function select(name) {
  return /** @type {HTMLSelectElement} */ (find(`[data-control="${name}"]`));
}

/** One panel is open at a time; a click elsewhere and Esc close it. */
function mountPicks() {
  const picks = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll("details.pick")]);
  for (const pick of picks) {
    pick.addEventListener("toggle", () => {
      if (!pick.open) return;
      for (const other of picks) if (other !== pick) other.open = false;
      place(pick);
    });
    pick.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !pick.open) return;
      event.stopPropagation();
      pick.open = false;
      find("summary", pick).focus();
    });
  }
  document.addEventListener("click", (event) => {
    for (const pick of picks) if (event.target instanceof Node && !pick.contains(event.target) && event.target.isConnected) pick.open = false;
  });
}

/** Keeps a panel within the window. @param {HTMLDetailsElement} pick */
function place(pick) {
  const panel = find(".pick-panel", pick);
  panel.style.translate = "0";
  const { left, right } = panel.getBoundingClientRect();
  const over = Math.min(left - 8, Math.max(0, right - document.documentElement.clientWidth + 8));
  panel.style.translate = `${-over}px`;
}

/** @param {Page} page */
function mountRange(page) {
  const [pick, presets, form] = [find('[data-pick="range"]'), find("[data-presets]"), find('[data-form="range"]')];
  const fields = /** @type {HTMLFormElement} */ (form).elements;
  const [from, to] = ["from", "to"].map((name) => /** @type {HTMLInputElement} */ (fields.namedItem(name)));
  const close = () => pick.removeAttribute("open");
  presets.append(...Object.entries(RANGES).map(([name, { title }]) => makeOption(name, title)));
  presets.addEventListener("click", (event) => {
    if (!(event.target instanceof HTMLButtonElement)) return;
    page.go({ range: event.target.value, from: "", to: "", grain: "", ...CLOSED });
    close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!from || !to) return;
    const [first = "", last = ""] = [from.value, to.value].sort();
    page.go({ range: "", from: first, to: last, grain: "", ...CLOSED });
    close();
  });
  find('[data-action="all-time"]').addEventListener("click", () => void showAllTime(page).then(close));
  page.store.subscribe((state) => {
    const days = daysOf(state.address, state.today);
    const title = RANGES[state.address.range]?.title;
    write(bound("range-text"), title ? `${title} · ${daysText(days)}` : daysText(days));
    for (const button of presets.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === state.address.range));
    if (from && to && !pick.hasAttribute("open")) [from.value, to.value] = [days.from, days.to];
    write(bound("zone-note"), zoneNote(state.zone));
  });
}

/** @param {string} zone */
function zoneNote(zone) {
  const today = dayIn(Date.now(), zone);
  return `Days begin at midnight in ${zone}, where today is ${dayText(today, "weekday")}.`;
}

/** @param {Page} page */
async function showAllTime(page) {
  const months = soldMonths(await call("GET", askMonths(page.state)).catch(() => null));
  if (months) page.go({ range: "", from: months.first, to: lastOfMonth(months.last), grain: "", ...CLOSED });
}

/** @param {Page} page */
function mountGrain(page) {
  const control = select("grain");
  control.addEventListener("change", () => page.go({ grain: control.value, ...CLOSED }));
  page.store.subscribe((state) => {
    const { days, grain } = rangeOf(state);
    const able = grainsOf(state.address, days);
    const text = `${able} ${grain} ${state.address.grain}`;
    if (control.dataset.drawn === text) return;
    control.dataset.drawn = text;
    const isChosen = able.includes(state.address.grain);
    const options = GRAINS.map((name) => new Option(`by ${name}`, name));
    for (const option of options) option.disabled = !able.includes(option.value);
    control.replaceChildren(new Option(isChosen ? "automatic grain" : `by ${grain} (automatic)`, ""), ...options);
    control.value = isChosen ? grain : "";
  });
}

/** @param {Page} page */
function mountCurrencies(page) {
  const [bar, choice] = [find("[data-currencies]"), find("[data-currency-choice]")];
  const convert = select("convert");
  choice.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button) page.go({ currency: button.value, convert: "", ...CLOSED });
  });
  convert.addEventListener("change", () => page.go({ convert: convert.value, currency: "", ...CLOSED }));
  /** @type {string[]} those seen so far: converted answers have one */
  let known = [];
  page.store.subscribe((state) => {
    const totals = currencyTotals(state.parts.figures.answer);
    const codes = totals.map((row) => row.currency ?? "");
    if (!state.address.convert && codes.length) known = codes;
    bar.hidden = known.length < 2 && !state.address.convert;
    choice.replaceChildren(...known.map((code) => makeCurrency(code, totals.find((row) => row.currency === code), !state.address.convert && code === page.currency)));
    drawConversion(convert, known.length ? known : codes, state.address.convert);
  });
}

/** @param {string} code @param {Figures.Row | undefined} total @param {boolean} isShown */
function makeCurrency(code, total, isShown) {
  const button = document.createElement("button");
  button.type = "button";
  button.value = code;
  button.setAttribute("aria-pressed", String(isShown));
  button.append(code, ...(total?.revenue === undefined ? [] : [make("span", "currency-total", ` ${valueText(total.revenue, "money")}`)]));
  return button;
}

/** @param {HTMLSelectElement} control @param {string[]} codes @param {string} chosen */
function drawConversion(control, codes, chosen) {
  const names = [...new Set([...codes, ...(chosen ? [chosen] : [])])];
  const text = `${names} ${chosen}`;
  if (control.dataset.drawn === text) return;
  control.dataset.drawn = text;
  control.replaceChildren(new Option("not converted", ""), ...names.map((code) => new Option(`converted to ${code}`, code)));
  control.value = chosen;
}

/** @param {Page} page */
function mountSteps(page) {
  /** @param {1 | -1} way */
  const step = (way) => {
    const { address, today } = page.state;
    const days = moved(daysOf(address, today), way);
    if (days.from <= today) page.go({ range: "", ...days, ...CLOSED });
  };
  find('[data-action="earlier"]').addEventListener("click", () => step(-1));
  const later = /** @type {HTMLButtonElement} */ (find('[data-action="later"]'));
  later.addEventListener("click", () => step(1));
  page.store.subscribe(({ address, today }) => (later.disabled = moved(daysOf(address, today), 1).from > today));
}

/** @param {string} name @param {string} title */
function makeOption(name, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "preset";
  button.value = name;
  button.textContent = title;
  return button;
}
