/** Connects a store in steps: the address says which store and which step, so that the way back and a reload work. */
import { mountHistory } from "./historystep.js";
import { mountSeller } from "./sellerstep.js";
import { mountShop } from "./shopstep.js";
import { mountTest } from "./teststep.js";
import { find, readIsland, write } from "../ui/dom.js";
import { mountPreferences } from "../ui/preferences.js";

/** @typedef {Stores.Step} Step */

/** @type {Step[]} */
const STEPS = ["platform", "shop", "seller", "test", "history"];

/** @type {Stores.ConnectPage} */
const page = readIsland("first-paint");
/** @type {Map<Step, () => void>} */
const entered = new Map();
/** @type {Stores.Wizard} */
const wizard = { page, store: page.store, platform: platformOf(page.store), go, onEnter: (step, enter) => entered.set(step, enter) };

mountPreferences();
if (page.accounts.length) {
  mountShop(wizard);
  mountSeller(wizard);
  mountTest(wizard);
  mountHistory(wizard);
  for (const button of document.querySelectorAll('[data-action="back"]')) button.addEventListener("click", () => history.back());
  addEventListener("popstate", () => {
    wizard.platform = platformOf(wizard.store);
    show(wantedStep());
  });
  show(wantedStep());
}

/** That of the store, else the one of the address. @param {Stores.Store | null} store @returns {"woocommerce" | "shopify"} */
function platformOf(store) {
  const platform = store?.platform ?? new URLSearchParams(location.search).get("platform");
  return platform === "shopify" ? "shopify" : "woocommerce";
}

/** The step of the address, as far as the store has come. @returns {Step} */
function wantedStep() {
  const asked = new URLSearchParams(location.search).get("step");
  const step = STEPS.find((each) => each === asked);
  const { store } = wizard;
  if (!store) return step === "shop" ? "shop" : "platform";
  const isConnected = store.status === "active" || store.status === "paused";
  if (!isConnected) return "shop";
  // The shop leads back here without a step once its owner has approved.
  const isBack = new URLSearchParams(location.search).has("success");
  return step ?? (isBack ? (store.seller ? "test" : "seller") : "shop");
}

/** @param {Step} step */
function go(step) {
  const address = new URL(location.href);
  address.search = "";
  if (wizard.store) address.searchParams.set("store", wizard.store.slug);
  else if (wizard.platform === "shopify") address.searchParams.set("platform", "shopify");
  address.searchParams.set("step", step);
  history.pushState(null, "", address);
  show(step);
  find(`[data-step="${step}"] h2`).focus();
}

/** @param {Step} step */
function show(step) {
  for (const each of STEPS) {
    find(`[data-step="${each}"]`).hidden = each !== step;
    const mark = find(`[data-step-mark="${each}"]`);
    mark.toggleAttribute("data-done", STEPS.indexOf(each) < STEPS.indexOf(step));
    if (each === step) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  }
  if (wizard.store) write(find("h1"), `Connect ${wizard.store.name}`);
  entered.get(step)?.();
}
