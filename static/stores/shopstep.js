/** The step that opens the store and connects it with its shop, by approval in the shop or by keys. */
import { adviceFor, completeAddress, keysPage } from "./advice.js";
import { clearErrors, fieldOf, missingFields, readForm, showErrors, whileBusy } from "./fields.js";
import { ApiError, call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";

/** @typedef {Stores.Wizard} Wizard */

const form = () => /** @type {HTMLFormElement} */ (find('[data-form="shop"]'));

/** @param {Wizard} wizard */
export function mountShop(wizard) {
  fillZones();
  drawWay();
  form().addEventListener("input", () => {
    drawWay();
    drawAddress();
  });
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(/** @type {HTMLButtonElement} */ (bound("shop-submit")), () => submit(wizard));
  });
  wizard.onEnter("shop", () => enter(wizard));
}

/** @param {Wizard} wizard */
function enter({ store }) {
  for (const part of form().querySelectorAll("[data-new-store]")) if (part instanceof HTMLElement) part.hidden = store !== null;
  const url = fieldOf(form(), "url");
  if (store && url && !url.value) url.value = store.domain ? `https://${store.domain}` : "";
  drawAddress();
  const success = new URLSearchParams(location.search).get("success");
  if (success === "0") showProblem("The shop did not approve the access. Try again, or enter keys by hand.");
  if (success === "1" && store && store.status !== "active" && store.status !== "paused") {
    showProblem("The shop approved, but its keys did not arrive: it cannot reach this installation. Enter keys by hand.");
  }
}

function fillZones() {
  const zone = fieldOf(form(), "timezone");
  if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  find("#zones").replaceChildren(...Intl.supportedValuesOf("timeZone").map((name) => new Option(name, name)));
}

function isByKeys() {
  return new FormData(form()).get("way") === "keys";
}

function drawWay() {
  find('[data-way="keys"]').hidden = !isByKeys();
  write(bound("shop-submit"), isByKeys() ? "Connect" : "Go to the shop to approve");
}

function drawAddress() {
  const text = fieldOf(form(), "url")?.value ?? "";
  const isPlain = /^http:\/\//i.test(text.trim());
  write(bound("url-note"), isPlain ? "Plain http sends orders unprotected: use https where the shop has it." : "The page that your customers open.");
  const page = keysPage(text);
  if (page) /** @type {HTMLAnchorElement} */ (bound("keys-link")).href = page;
}

/** @param {Wizard} wizard */
async function submit(wizard) {
  clearErrors(form());
  bound("shop-error").hidden = true;
  const needed = ["url", ...(wizard.store ? [] : ["name"]), ...(isByKeys() ? ["consumer_key", "consumer_secret"] : [])];
  const missing = missingFields(form(), needed);
  if (missing.length) return void showErrors(form(), missing);
  try {
    wizard.store ??= await openStore();
    await connect(wizard);
  } catch (error) {
    showFailure(error);
  }
}

/** @returns {Promise<Stores.Store>} */
function openStore() {
  const { account, name, currency, timezone, invoice_when, prefix } = readForm(form());
  const body = { name, platform: "woocommerce", currency, timezone, invoice_when, ...(prefix ? { prefix } : {}) };
  return call("POST", `/api/stores${account ? `?account=${encodeURIComponent(account)}` : ""}`, body);
}

/** @param {Wizard} wizard */
async function connect(wizard) {
  const store = /** @type {Stores.Store} */ (wizard.store);
  const { url = "", consumer_key, consumer_secret } = readForm(form());
  const body = { url: completeAddress(url), ...(isByKeys() ? { consumer_key, consumer_secret } : {}) };
  const answer = await call("POST", `/api/stores/${store.slug}/connect`, body);
  if (answer.redirect) return location.assign(answer.redirect);
  wizard.store = await call("GET", `/api/stores/${store.slug}`);
  // Keys are not kept in the page once the server has them.
  for (const name of ["consumer_key", "consumer_secret"]) {
    const field = fieldOf(form(), name);
    if (field) field.value = "";
  }
  wizard.go(wizard.store?.seller ? "test" : "seller");
}

/** @param {unknown} error */
function showFailure(error) {
  if (!(error instanceof ApiError)) throw error;
  const others = showErrors(form(), error.errors);
  const advice = error.errors.map(({ rule }) => adviceFor(rule)).filter(Boolean);
  const problems = error.errors.length ? others.map(({ message }) => `${message}.`) : [error.message];
  if (problems.length || advice.length) showProblem(problems.join(" "), ...advice);
}

/** @param {string} problem @param {string[]} advice */
function showProblem(problem, ...advice) {
  const notice = bound("shop-error");
  notice.hidden = false;
  notice.replaceChildren(problem, ...advice.map((text) => make("p", "", text)));
}
