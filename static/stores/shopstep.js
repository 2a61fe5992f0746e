/** The step that opens the store and connects it with its shop, by approval in the shop or by keys. */
import { completeAddress, keysPage } from "./advice.js";
import { clearErrors, fieldOf, missingFields, readForm, showErrors, whileBusy } from "./fields.js";
import { drawNewStore, fillZones, openStore, showFailure, showProblem } from "./newstore.js";
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";

/** @typedef {Stores.Wizard} Wizard */

const NOTICE = "shop-error";
const form = () => /** @type {HTMLFormElement} */ (find('[data-form="shop"]'));

/** @param {Wizard} wizard */
export function mountShop(wizard) {
  fillZones(form());
  form().addEventListener("input", () => {
    drawWay(wizard);
    drawAddress();
  });
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(/** @type {HTMLButtonElement} */ (bound("shop-submit")), () => submit(wizard));
  });
  wizard.onEnter("shop", () => enter(wizard));
}

/** @param {Wizard} wizard */
function enter(wizard) {
  const { store, platform } = wizard;
  drawNewStore(form(), store);
  drawPlatform(wizard);
  const shop = fieldOf(form(), "shop");
  if (store && platform === "shopify" && shop && !shop.value) shop.value = store.domain;
  const url = fieldOf(form(), "url");
  if (store && url && !url.value) url.value = store.domain ? `https://${store.domain}` : "";
  drawAddress();
  const success = new URLSearchParams(location.search).get("success");
  if (platform === "shopify") return;
  if (success === "0") showProblem(NOTICE, "The shop did not approve the access. Try again, or enter keys by hand.");
  if (success === "1" && store && store.status !== "active" && store.status !== "paused") {
    showProblem(NOTICE, "The shop approved, but its keys did not arrive: it cannot reach this installation. Enter keys by hand.");
  }
}

function isByKeys() {
  return new FormData(form()).get("way") === "keys";
}

/** @param {Wizard} wizard */
function drawPlatform(wizard) {
  write(bound("shop-heading"), wizard.platform === "shopify" ? "Your Shopify shop" : "Your WooCommerce shop");
  for (const part of find('[data-step="shop"]').querySelectorAll("[data-of]")) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.of !== wizard.platform;
  }
  drawWay(wizard);
}

/** @param {Wizard} wizard */
function drawWay({ platform, page }) {
  const isShopify = platform === "shopify";
  find('[data-way="keys"]').hidden = isShopify || !isByKeys();
  const submit = /** @type {HTMLButtonElement} */ (bound("shop-submit"));
  submit.disabled = isShopify && !page.shopify.is_configured;
  write(submit, isShopify ? "Go to Shopify to approve" : isByKeys() ? "Connect" : "Go to the shop to approve");
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
  const ofShop = wizard.platform === "shopify" ? ["shop"] : ["url", ...(isByKeys() ? ["consumer_key", "consumer_secret"] : [])];
  const needed = [...ofShop, ...(wizard.store ? [] : ["name"])];
  const missing = missingFields(form(), needed);
  if (missing.length) return void showErrors(form(), missing);
  try {
    wizard.store ??= await openStore(form(), wizard.platform);
    await connect(wizard);
  } catch (error) {
    showFailure(form(), NOTICE, error);
  }
}

/** @param {Wizard} wizard */
async function connect(wizard) {
  const store = /** @type {Stores.Store} */ (wizard.store);
  const { shop, url = "", consumer_key, consumer_secret } = readForm(form());
  const ofWooCommerce = { url: completeAddress(url), ...(isByKeys() ? { consumer_key, consumer_secret } : {}) };
  const body = wizard.platform === "shopify" ? { shop } : ofWooCommerce;
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
