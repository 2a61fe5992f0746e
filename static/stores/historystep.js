/** The step that imports earlier orders, with the progress of the job, also after the page was loaded again. */
import { fieldOf, whileBusy } from "./fields.js";
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";
import { formatCount, formatDate } from "../ui/format.js";

/** @typedef {Stores.Wizard} Wizard @typedef {Stores.Job} Job @typedef {{ key: string, href: string, from: string }} Begun */

const ASK_MS = 1000;
const form = () => /** @type {HTMLFormElement} */ (find('[data-form="history"]'));

/** @param {Wizard} wizard */
export function mountHistory(wizard) {
  const from = fieldOf(form(), "from");
  if (from) from.value = `${new Date().getFullYear()}-01-01`;
  const submit = /** @type {HTMLButtonElement} */ (bound("history-submit"));
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(submit, () => run(wizard));
  });
  find('[data-action="cancel-import"]').addEventListener("click", () => void call("POST", `${begun(wizard)?.href}/cancel`).catch(showError));
  wizard.onEnter("history", () => {
    /** @type {HTMLAnchorElement} */ (bound("finish")).href = `/stores/${wizard.store?.slug}/`;
    const there = begun(wizard);
    if (there) void whileBusy(submit, () => follow(there).catch(showError));
  });
}

/** The import that was begun in this tab and has not ended. @param {Wizard} wizard @returns {Begun | null} */
function begun(wizard) {
  return JSON.parse(sessionStorage.getItem(keyOf(wizard)) ?? "null");
}

/** @param {Wizard} wizard */
const keyOf = (wizard) => `import of ${wizard.store?.slug}`;

/** @param {Wizard} wizard */
async function run(wizard) {
  bound("history-error").hidden = true;
  const from = new Date(`${fieldOf(form(), "from")?.value}T00:00:00`).toISOString();
  try {
    const { href } = await call("POST", `/api/stores/${wizard.store?.slug}/sync`, { kind: "history", from });
    const there = { key: keyOf(wizard), href, from };
    sessionStorage.setItem(there.key, JSON.stringify(there));
    await follow(there);
  } catch (error) {
    showError(error);
  }
}

/** @param {Begun} there */
async function follow({ key, href, from }) {
  const cancel = find('[data-action="cancel-import"]');
  cancel.hidden = false;
  find("[data-import]").hidden = false;
  try {
    for (;;) {
      /** @type {Job} */
      const job = await call("GET", href);
      draw(job, new Date(from));
      if (job.state !== "queued" && job.state !== "running") return void sessionStorage.removeItem(key);
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  } finally {
    cancel.hidden = true;
  }
}

/** What is done, by the number of orders where the shop says it, else by the time they were changed at. @param {Job} job @param {Date} from @param {string} [cursor] */
function share({ done_count, total_count }, from, cursor) {
  if (total_count) return done_count / total_count;
  return cursor ? (Date.parse(cursor) - from.getTime()) / (Date.now() - from.getTime()) : 0;
}

/** @param {Job} job @param {Date} from */
function draw(job, from) {
  const { cursor, seen = 0, added = 0, notice = "" } = /** @type {{ cursor?: string, seen?: number, added?: number, notice?: string }} */ (job.report ?? {});
  const bar = /** @type {HTMLProgressElement} */ (find("progress"));
  bar.value = job.state === "done" ? 1 : Math.min(0.99, Math.max(0.02, share(job, from, cursor)));
  const counts = `${formatCount(seen)} ${seen === 1 ? "order" : "orders"} read, ${formatCount(added)} new or newer`;
  if (job.state === "failed") return showError(new Error(job.error ?? "The import failed."));
  const words = {
    queued: "The import waits for its turn.",
    running: `${seen ? `${counts}${cursor ? `, up to ${formatDate(cursor)}` : ""}` : "The shop prepares its orders"}. ${notice}`.trim(),
    done: `Done: ${counts}. ${notice}`.trim(),
    cancelled: `Stopped: ${counts}. What was imported stays.`,
  };
  write(bound("import-text"), words[job.state]);
}

/** @param {unknown} error */
function showError(error) {
  bound("history-error").hidden = false;
  write(bound("history-error"), error instanceof Error ? error.message : String(error));
}
