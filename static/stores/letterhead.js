/** The letterhead of a store: texts are saved by the form, the logo when a picture is chosen. */
import { clearErrors, showErrors, whileBusy } from "./fields.js";
import { ApiError, ask, call } from "../ui/api.js";
import { bound, find, readIsland, write } from "../ui/dom.js";
import { mountPreferences } from "../ui/preferences.js";

/** @type {{ slug: string }} */
const { slug } = readIsland("first-paint");
const ADDRESS = `/api/stores/${slug}`;
const form = /** @type {HTMLFormElement} */ (find('[data-form="letterhead"]'));
const picture = /** @type {HTMLImageElement} */ (find("[data-logo] img"));

mountPreferences();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = /** @type {HTMLButtonElement} */ (find('[type="submit"]', form));
  void whileBusy(button, () => attempt(save));
});
document.querySelector("[data-logo-file]")?.addEventListener("change", (event) => {
  const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
  if (file) void attempt(() => upload(file));
});
document.querySelector('[data-action="remove-logo"]')?.addEventListener("click", () => void attempt(remove));

async function save() {
  const letterhead = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  await call("PATCH", ADDRESS, { letterhead });
  clearErrors(form);
  write(bound("saved"), "Saved.");
}

/** @param {File} file */
async function upload(file) {
  await ask("PUT", `${ADDRESS}/logo`, file);
  draw(true);
  write(bound("saved"), "The logo is saved.");
}

async function remove() {
  await ask("DELETE", `${ADDRESS}/logo`);
  draw(false);
  write(bound("saved"), "The logo is removed.");
}

/** @param {boolean} hasLogo */
function draw(hasLogo) {
  // The same address has another picture now.
  if (hasLogo) picture.src = `${ADDRESS}/logo?at=${Date.now()}`;
  find("[data-logo]").hidden = !hasLogo;
  find('[data-action="remove-logo"]').hidden = !hasLogo;
}

/** Runs `act`; what it refuses is shown. @param {() => Promise<void>} act */
async function attempt(act) {
  const notice = bound("notice");
  notice.hidden = true;
  write(bound("saved"), "");
  try {
    await act();
  } catch (error) {
    if (error instanceof ApiError && error.errors.length && !showErrors(form, error.errors).length) return;
    notice.hidden = false;
    write(notice, error instanceof Error ? error.message : String(error));
  }
}
