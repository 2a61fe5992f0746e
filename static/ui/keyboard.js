/** Single-key shortcuts of the dashboard. They can be switched off, and are inactive while the user types. */
import { find, remember } from "./dom.js";

/** @typedef {Record<string, () => void>} Keys what each key does */

/** @param {Keys} keys @param {() => void} escape what Esc does; it works with shortcuts off, too */
export function mountKeyboard(keys, escape) {
  const help = /** @type {HTMLDialogElement} */ (find('[data-dialog="help"]'));
  const areOn = mountSwitch();
  find('[data-action="help"]').addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) return escape();
    if (isTaken(event) || !areOn()) return;
    const act = event.key === "?" ? () => help.showModal() : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Whether the key is for a field, a dialog or the browser. @param {KeyboardEvent} event */
function isTaken(event) {
  const target = event.target;
  const isTyping = target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]");
  return isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null;
}

function mountSwitch() {
  const box = /** @type {HTMLInputElement} */ (find("[data-keys-switch]"));
  try {
    box.checked = localStorage.getItem("invoicedash.keys") !== "off";
  } catch {
    // On, as by default.
  }
  box.addEventListener("change", () => remember("keys", box.checked ? "on" : "off"));
  return () => box.checked;
}
