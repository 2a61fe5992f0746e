/** Fields of a form: their values, and errors of the API beside them. */
import { make } from "../ui/dom.js";

/** @typedef {import("../ui/api.js").FieldError} FieldError */

/** The values of a form that are not empty. @param {HTMLFormElement} form @returns {Record<string, string>} */
export function readForm(form) {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value));
}

/** @param {HTMLFormElement} form @param {string} name @returns {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | null} */
export function fieldOf(form, name) {
  const field = form.elements.namedItem(name);
  const isField = field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement;
  return isField ? field : null;
}

/** @param {HTMLFormElement} form */
export function clearErrors(form) {
  for (const text of form.querySelectorAll(".field-error")) text.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/**
 * Writes errors below their fields and focuses the first.
 * @param {HTMLFormElement} form @param {FieldError[]} errors @returns {FieldError[]} those without a field in the form
 */
export function showErrors(form, errors) {
  clearErrors(form);
  const others = errors.filter((error) => !showError(form, error));
  /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"))?.focus();
  return others;
}

/** @param {HTMLFormElement} form @param {FieldError} error */
function showError(form, { field: name, message }) {
  const field = fieldOf(form, name.split(".").at(-1) ?? "");
  if (!field || field.offsetParent === null) return false;
  field.setAttribute("aria-invalid", "true");
  // Within the label, so that screen readers read it with the name of the field.
  field.after(make("span", "field-error", `${message.charAt(0).toUpperCase()}${message.slice(1)}.`));
  return true;
}

/** Required fields that are empty, as errors. @param {HTMLFormElement} form @param {string[]} names */
export function missingFields(form, names) {
  const values = readForm(form);
  return names.filter((name) => !values[name]).map((field) => ({ field, message: "this is needed" }));
}

/** Runs `work` while the button shows that it is busy. @param {HTMLButtonElement} button @param {() => Promise<void>} work */
export async function whileBusy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-busy");
  }
}
