/** The part of the forms of shops that describes a new store, and what both forms do with an answer. */
import { adviceFor } from "./advice.js";
import { fieldOf, readForm, showErrors } from "./fields.js";
import { ApiError, call } from "../ui/api.js";
import { bound, find, make } from "../ui/dom.js";

/** @param {HTMLFormElement} form */
export function fillZones(form) {
  const zone = fieldOf(form, "timezone");
  if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  find("#zones").replaceChildren(...Intl.supportedValuesOf("timeZone").map((name) => new Option(name, name)));
}

/** Hides what only a new store is asked for. @param {HTMLFormElement} form @param {Stores.Store | null} store */
export function drawNewStore(form, store) {
  for (const part of form.querySelectorAll("[data-new-store]")) if (part instanceof HTMLElement) part.hidden = store !== null;
}

/** @param {HTMLFormElement} form @param {"woocommerce" | "shopify"} platform @returns {Promise<Stores.Store>} */
export function openStore(form, platform) {
  const { account, name, currency, timezone, invoice_when, prefix } = readForm(form);
  const body = { name, platform, currency, timezone, invoice_when, ...(prefix ? { prefix } : {}) };
  return call("POST", `/api/stores${account ? `?account=${encodeURIComponent(account)}` : ""}`, body);
}

/** Shows an error of the API below its field, or in the notice. @param {HTMLFormElement} form @param {string} notice @param {unknown} error */
export function showFailure(form, notice, error) {
  if (!(error instanceof ApiError)) throw error;
  const others = showErrors(form, error.errors);
  const advice = error.errors.map(({ rule }) => adviceFor(rule)).filter(Boolean);
  const problems = error.errors.length ? others.map(({ message }) => `${message}.`) : [error.message];
  if (problems.length || advice.length) showProblem(notice, problems.join(" "), ...advice);
}

/** @param {string} notice @param {string} problem @param {string[]} advice */
export function showProblem(notice, problem, ...advice) {
  const shown = bound(notice);
  shown.hidden = false;
  shown.replaceChildren(problem, ...advice.map((text) => make("p", "", text)));
}
