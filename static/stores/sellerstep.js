/** The step with the details of the seller, and what e-invoices would lack beside them. */
import { fieldOf, missingFields, readForm, showErrors, whileBusy } from "./fields.js";
import { ApiError, call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";

/** @typedef {Stores.Wizard} Wizard @typedef {{ field: string, message: string, rule: string }} Finding */

const LINT_MS = 350;
const form = () => /** @type {HTMLFormElement} */ (find('[data-form="seller"]'));

/** @param {Wizard} wizard */
export function mountSeller(wizard) {
  fillCountries();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  form().addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void lint(), LINT_MS);
  });
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (find('[type="submit"]', form()));
    void whileBusy(button, () => save(wizard));
  });
  find('[data-action="skip-seller"]').addEventListener("click", () => wizard.go("test"));
  wizard.onEnter("seller", () => {
    fill(wizard);
    void lint();
  });
}

/** All codes that the browser has a name for; the server says which of them e-invoices take. */
function fillCountries() {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const codes = letters.flatMap((one) => letters.map((other) => one + other));
  const known = codes.flatMap((code) => (names.of(code) ? [{ code, name: String(names.of(code)) }] : []));
  known.sort((one, other) => one.name.localeCompare(other.name, "en"));
  find('[name="country"]', form()).append(...known.map(({ code, name }) => new Option(name, code)));
}

/** @param {Wizard} wizard */
function fill({ store }) {
  const seller = /** @type {Record<string, unknown>} */ (store?.seller ?? { name: store?.name ?? "" });
  for (const [name, value] of Object.entries(seller)) {
    const field = fieldOf(form(), name);
    if (field && !field.value && typeof value === "string") field.value = value;
  }
}

async function lint() {
  const asked = JSON.stringify(readForm(form()));
  try {
    const { items } = await call("POST", "/api/sellers/lint", JSON.parse(asked));
    if (asked === JSON.stringify(readForm(form()))) drawFindings(items);
  } catch (error) {
    write(bound("lint-note"), error instanceof Error ? error.message : String(error));
  }
}

/** @param {Finding[]} findings */
function drawFindings(findings) {
  find("[data-lint]").dataset.lint = findings.length ? "missing" : "complete";
  const heading = findings.length ? `${findings.length} ${findings.length === 1 ? "detail is" : "details are"} missing for a valid e-invoice` : "Complete for e-invoices";
  write(bound("lint-heading"), heading);
  bound("lint-list").replaceChildren(...findings.map(makeFinding));
}

/** @param {Finding} finding */
function makeFinding({ field, message, rule }) {
  const name = field.split(".").at(-1) ?? "";
  const item = make("li", "");
  item.dataset.field = field;
  const link = make("button", "link", labelOf(name));
  link.setAttribute("type", "button");
  link.addEventListener("click", () => fieldOf(form(), name)?.focus());
  item.append(link, make("small", "", `${message} (${field}, ${rule})`));
  return item;
}

/** @param {string} name */
function labelOf(name) {
  const label = fieldOf(form(), name)?.labels?.[0];
  return label?.firstChild?.textContent?.trim() || name;
}

/** @param {Wizard} wizard */
async function save(wizard) {
  bound("seller-error").hidden = true;
  const missing = missingFields(form(), ["name"]);
  if (missing.length) return void showErrors(form(), missing);
  const seller = { ...(wizard.store?.seller ?? {}), ...cleared(), ...readForm(form()) };
  try {
    wizard.store = await call("PATCH", `/api/stores/${wizard.store?.slug}`, { seller });
    wizard.go("test");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const others = showErrors(form(), error.errors);
    if (error.errors.length && !others.length) return;
    bound("seller-error").hidden = false;
    write(bound("seller-error"), error.message);
  }
}

/** The fields of the form as empty texts, so that a field that was cleared is stored as empty. */
function cleared() {
  return Object.fromEntries([...new FormData(form()).keys()].map((name) => [name, ""]));
}
