/** Follows an import until it ends: progress, cancel, result, and the documents that it holds. */
import { HeldRows } from "./held.js";
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

const ASK_MS = 700;

/** @param {string} path the address of the import in the API */
export async function watch(path) {
  const cancel = /** @type {HTMLButtonElement} */ (find('[data-action="cancel"]'));
  bound("watch-error").hidden = true;
  for (const part of ["[data-notes]", "[data-links]", "[data-held]", '[data-action="next"]']) find(part).hidden = true;
  cancel.disabled = false;
  cancel.onclick = () => {
    cancel.disabled = true;
    void call("POST", `${path}/cancel`).catch(showError);
  };
  try {
    const job = await follow(path, cancel);
    await drawEnd(job, path);
  } catch (error) {
    showError(error);
  } finally {
    cancel.hidden = true;
    find('[data-action="next"]').hidden = false;
  }
}

/** @param {string} path @param {HTMLElement} cancel @returns {Promise<Imports.Job>} the job once it has ended */
async function follow(path, cancel) {
  for (;;) {
    /** @type {Imports.Job} */
    const job = await call("GET", path);
    const isOpen = job.state === "queued" || job.state === "running";
    cancel.hidden = !isOpen;
    draw(job);
    if (!isOpen) return job;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

/** @param {Imports.Job} job */
function draw(job) {
  write(bound("watch-name"), job.name);
  const bar = /** @type {HTMLProgressElement} */ (find("[data-progress]"));
  bar.value = job.state === "done" ? 1 : job.total_count ? job.done_count / job.total_count : 0;
  const rows = job.total_count ? `${formatCount(job.done_count)} of ${formatCount(job.total_count)} rows` : "The file is read";
  const words = {
    queued: "The import waits for its turn.",
    running: `${rows}.`,
    done: `Done: ${counts(job)}.`,
    cancelled: `Cancelled: ${counts(job)}. What was issued stays.`,
    failed: "The import was not possible.",
  };
  write(bound("watch-text"), words[job.state]);
}

/** @param {Imports.Job} job @returns {Imports.Report | null} */
function reportOf(job) {
  return /** @type {Imports.Report | null} */ (/** @type {unknown} */ (job.report));
}

/** @param {Imports.Job} job */
function counts(job) {
  const report = reportOf(job);
  if (!report) return "nothing was issued";
  const [held, aside] = [report.quarantined, report.set_aside].map((by) => Object.values(by).reduce((sum, count) => sum + count, 0));
  return [
    `${formatCount(report.documents)} ${report.documents === 1 ? "document" : "documents"} issued`,
    report.duplicates ? `${formatCount(report.duplicates)} were there already` : "",
    held ? `${formatCount(held)} held back` : "",
    aside ? `${formatCount(aside)} set aside, because nothing was sold` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** @param {Imports.Job} job @param {string} path */
async function drawEnd(job, path) {
  if (job.error) showError(new Error(job.error));
  const report = reportOf(job);
  const notes = find("[data-notes]");
  notes.hidden = !report?.notes.length;
  notes.replaceChildren(...(report?.notes ?? []).map((note) => Object.assign(document.createElement("li"), { textContent: note })));
  find("[data-links]").hidden = !report?.documents && !report?.duplicates;
  if (report) await new HeldRows(path).load();
}

/** @param {unknown} error */
function showError(error) {
  bound("watch-error").hidden = false;
  write(bound("watch-error"), error instanceof Error ? error.message : String(error));
}
