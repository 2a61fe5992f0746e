/** The controls of range, grain and comparison. Each is a part of the address. */
import { askMonths, rangeOf } from "./ask.js";
import { dayText, daysText } from "./labels.js";
import { daysOf, GRAINS, grainsOf, lastOfMonth, moved, RANGES, zonesLike } from "./ranges.js";
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
  mountZone(page);
  mountDated(page);
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
  const [pick, presets] = [find('[data-pick="range"]'), find("[data-presets]")];
  /** @param {Partial<Address>} range */
  const show = (range) => {
    page.go({ range: "", from: "", to: "", grain: "", ...range, ...CLOSED });
    pick.removeAttribute("open");
  };
  presets.append(...Object.entries(RANGES).map(([name, { title }]) => makeOption(name, title)));
  presets.addEventListener("click", (event) => event.target instanceof HTMLButtonElement && show({ range: event.target.value }));
  mountDays(page, pick, show);
  find('[data-action="all-time"]').addEventListener("click", async () => show(await readAllTime(page)));
  page.store.subscribe(({ address, today, zone }) => {
    const days = daysOf(address, today);
    const title = RANGES[address.range]?.title;
    const text = title ? `${title} · ${daysText(days)}` : daysText(days);
    write(bound("range-text"), address.tz ? `${text} · ${address.tz}` : text);
    for (const button of presets.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === address.range));
    write(bound("zone-note"), `Days begin at midnight in ${zone}, where today is ${dayText(today, "weekday")}.`);
  });
}

/** The form of fixed days. @param {Page} page @param {HTMLElement} pick @param {(range: Partial<Address>) => void} show */
function mountDays(page, pick, show) {
  const form = /** @type {HTMLFormElement} */ (find('[data-form="range"]'));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const [from, to] = [field("from"), field("to")];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first = "", last = ""] = [from.value, to.value].sort();
    show({ from: first, to: last });
  });
  page.store.subscribe(({ address, today }) => {
    const days = daysOf(address, today);
    if (!pick.hasAttribute("open")) [from.value, to.value] = [days.from, days.to];
  });
}

/** From the first month with an invoice to the last; where there is none, what was shown. @param {Page} page @returns {Promise<Partial<Address>>} */
async function readAllTime({ state }) {
  const months = soldMonths(await call("GET", askMonths(state)).catch(() => null));
  return months ? { from: months.first, to: lastOfMonth(months.last) } : state.address;
}

/** @param {Page} page */
function mountGrain(page) {
  const control = select("grain");
  control.addEventListener("change", () => page.go({ grain: control.value, ...CLOSED }));
  page.store.subscribe((state) => {
    const { days, grain } = rangeOf(state);
    const able = grainsOf(days);
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

/** The zone whose days are shown. Zones that differ by a part of an hour are not offered. @param {Page} page */
function mountZone(page) {
  const control = select("tz");
  const own = page.first.timezone;
  control.addEventListener("change", () => page.go({ tz: control.value, ...CLOSED }));
  const draw = (/** @type {string[]} */ names) => {
    const { tz } = page.state.address;
    const others = [...new Set([...names, ...(tz ? [tz] : [])])].filter((name) => name !== own).sort();
    control.replaceChildren(new Option(`${own} (store)`, ""), ...others.map((name) => new Option(name.replaceAll("_", " "), name)));
    control.value = tz;
  };
  page.store.subscribe(({ address }) => (control.options.length && control.value === address.tz) || draw([]));
  // Hundreds of zones: they are listed when the reader looks for one.
  find('[data-pick="range"]').addEventListener("toggle", () => draw(zonesLike(own, daysOf(page.state.address, page.state.today).from)));
}

/** By which date refunds count; shown where refunds are. @param {Page} page */
function mountDated(page) {
  const choice = find("[data-dated]");
  choice.addEventListener("click", (event) => {
    if (event.target instanceof HTMLButtonElement) page.go({ dated: event.target.value === "sale" ? "sale" : "", ...CLOSED });
  });
  page.store.subscribe(({ address }) => {
    choice.hidden = address.metric !== "refunds" && !address.dated;
    for (const button of choice.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === address.dated));
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
