/** The choice of currency: each with its revenue, never added together; or all converted to one, by rates of each day. */
import { CLOSED } from "./controls.js";
import { valueText } from "./labels.js";
import { currencyTotals } from "./reading.js";
import { find, make } from "../ui/dom.js";

/** @typedef {import("./page.js").Page} Page */

/** @param {Page} page */
export function mountCurrencies(page) {
  const [bar, choice] = [find("[data-currencies]"), find("[data-currency-choice]")];
  const convert = /** @type {HTMLSelectElement} */ (find('[data-control="convert"]'));
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
    if (!state.address.convert && codes.length) known = [...new Set([...codes, state.address.currency])].filter(Boolean).sort();
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
  button.append(code, ...(total?.revenue === undefined ? [] : [make("span", "currency-total", ` ${valueText(total.revenue, "money", code)}`)]));
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
