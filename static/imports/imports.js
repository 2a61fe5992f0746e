/** The page of imports: choose a file, see what was understood, import it, watch, correct what was held. */
import { fieldNamed, onChange, readParameters } from "./options.js";
import { drawPreview } from "./understood.js";
import { watch } from "./watch.js";
import { ask, call } from "../ui/api.js";
import { bound, find, readIsland, write } from "../ui/dom.js";
import { formatMegabytes } from "../ui/format.js";
import { mountPreferences } from "../ui/preferences.js";
import { makeTime } from "../ui/time.js";

/** @type {Imports.Page} */
const page = readIsland("first-paint");
const input = /** @type {HTMLInputElement} */ (find(".drop-input"));
const drop = find("[data-drop]");
/** The file, the format that the person chose, and whether the columns of the form count. */
const chosen = { file: /** @type {File | null} */ (null), format: "", hasMapping: false };
let previewCount = 0;
/** Settled when the newest change of the form is previewed. */
let previewing = Promise.resolve();

mountPreferences();
for (const time of document.querySelectorAll("time")) time.replaceWith(makeTime(time.getAttribute("datetime") ?? ""));
input.addEventListener("change", () => void choose(input.files?.[0]));
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
find('[data-action="another"]').addEventListener("click", begin);
find('[data-action="next"]').addEventListener("click", begin);
find('[data-action="import"]').addEventListener("click", () => void run());
onChange((name) => (previewing = change(name)));
const earlier = new URLSearchParams(location.search).get("import");
if (earlier && /^\d{1,18}$/.test(earlier)) void follow(`/api/imports/${earlier}`);

/** @param {"choose" | "understood" | "watch"} step */
function show(step) {
  for (const each of ["choose", "understood", "watch"]) find(`[data-step="${each}"]`).hidden = each !== step;
  // The list is of the time when the page was opened.
  find('[data-step="earlier"]').hidden = step !== "choose";
  find(`[data-step="${step}"] h2`).focus();
}

function begin() {
  input.value = "";
  chosen.file = null;
  if (location.search) history.replaceState(null, "", location.pathname);
  show("choose");
}

/** @param {File | undefined} file */
async function choose(file) {
  if (!file) return;
  bound("choose-error").hidden = true;
  if (file.size > page.most_bytes) return showError("choose-error", `The file has ${formatMegabytes(file.size)}; at most ${formatMegabytes(page.most_bytes)} are possible.`);
  Object.assign(chosen, { file, format: "", hasMapping: false });
  for (const name of ["date_order", "decimal_mark"]) fieldNamed(name).value = "";
  const zone = fieldNamed("timezone");
  zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  write(bound("reading"), `${file.name} is read.`);
  const preview = await askPreview("choose-error");
  write(bound("reading"), "");
  input.value = "";
  if (!preview) return;
  write(bound("file-name"), file.name);
  chosen.hasMapping = preview.detected.format === "table";
  drawPreview(preview, true);
  show("understood");
}

/** @param {string} name the field that the person has changed */
async function change(name) {
  if (name === "announce") return;
  if (name === "format") {
    chosen.format = fieldNamed("format").value;
    chosen.hasMapping = false;
  }
  const preview = await askPreview("preview-error");
  if (!preview) return;
  chosen.hasMapping = preview.detected.format === "table";
  drawPreview(preview, false);
}

/** The newest preview; null when it failed, or when a newer one was asked for. @param {string} notice @returns {Promise<Imports.Preview | null>} */
async function askPreview(notice) {
  const { file } = chosen;
  if (!file) return null;
  const count = ++previewCount;
  find("[data-preview]").setAttribute("aria-busy", "true");
  bound(notice).hidden = true;
  try {
    const preview = await call("POST", `/api/imports/preview?${readParameters(file, chosen.format, chosen.hasMapping)}`, file);
    return count === previewCount ? preview : null;
  } catch (error) {
    if (count === previewCount) showError(notice, error instanceof Error ? error.message : String(error));
    return null;
  } finally {
    if (count === previewCount) find("[data-preview]").setAttribute("aria-busy", "false");
  }
}

async function run() {
  const { file } = chosen;
  const button = /** @type {HTMLButtonElement} */ (find('[data-action="import"]'));
  if (!file || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  bound("import-error").hidden = true;
  try {
    await previewing;
    const missing = /** @type {HTMLElement | null} */ (document.querySelector('[data-form="options"] [aria-invalid="true"]'));
    if (missing) return missing.focus();
    const answer = await ask("POST", `/api/imports?${readParameters(file, chosen.format, chosen.hasMapping)}`, file);
    const path = answer.headers.get("Location") ?? "";
    history.replaceState(null, "", `?import=${path.split("/").at(-1)}`);
    void follow(path);
  } catch (error) {
    showError("import-error", error instanceof Error ? error.message : String(error));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** @param {string} path */
async function follow(path) {
  show("watch");
  await watch(path);
}

/** @param {string} notice @param {string} text */
function showError(notice, text) {
  bound(notice).hidden = false;
  write(bound(notice), text);
}
