/** The controls of range, grain and comparison. Each is a part of the address. */
import { askMonths, rangeOf } from "./ask.js";
import { dayText, daysText } from "./labels.js";
import { dayIn, daysOf, GRAINS, grainsOf, lastOfMonth, moved, RANGES } from "./ranges.js";
import { soldMonths } from "./reading.js";
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";

/** @typedef {import("./page.js").Page} Page @typedef {Figures.Address} Address */

/** What lists one range or currency, and closes with it. @type {Partial<Address>} */
export const CLOSED = { drill: "", at: "", proof: "" };

/** @param {Page} page */
export function mountControls(page) {
  mountRange(page);
  mountGrain(page);
  const compare = select("compare");
  compare.addEventListener("change", () => page.go({ compare: /** @type {Address["compare"]} */ (compare.value) }));
  page.store.subscribe(({ address }) => (compare.value = address.compare));
  mountSteps(page);
}

/** @param {string} name @returns {HTMLSelectElement} */
function select(name) {
  return /** @type {HTMLSelectElement} */ (find(`[data-control="${name}"]`));
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
