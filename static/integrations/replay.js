/** The replay of deliveries: a dry run says what it would do, then the reader confirms. */
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/**
 * @typedef {Record<string, string | number[]>} Filter which deliveries, as the API takes it
 * @typedef {{ slug: string, filter: Filter }} InboxPage
 * @typedef {{ nothing: number, update: number, issue: number, credit: number }} Would
 */

/** @param {InboxPage} page @param {() => void} onReplayed */
export function mountReplay(page, onReplayed) {
  const dialog = new ReplayDialog(page, onReplayed);
  document.querySelector('[data-action="replay-all"]')?.addEventListener("click", () => dialog.open(page.filter, "Replay these deliveries"));
  find("[data-deliveries]").addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-replay]") : null;
    if (!(button instanceof HTMLElement)) return;
    void dialog.open({ ids: [Number(button.dataset.replay)] }, `Replay delivery ${button.dataset.replay}`);
  });
}

class ReplayDialog {
  /** @param {InboxPage} page @param {() => void} onReplayed */
  constructor(page, onReplayed) {
    this.path = `/api/stores/${page.slug}/deliveries/replay`;
    this.onReplayed = onReplayed;
    this.dialog = /** @type {HTMLDialogElement} */ (find('[data-dialog="replay"]'));
    this.button = /** @type {HTMLButtonElement} */ (find('[data-action="confirm-replay"]'));
    /** @type {Filter} */
    this.filter = {};
    this.button.addEventListener("click", () => this.confirm());
  }

  /** Opens with the result of a dry run. @param {Filter} filter @param {string} title */
  async open(filter, title) {
    this.filter = filter;
    this.button.disabled = true;
    write(bound("replay-title"), title);
    write(bound("dry-run"), "Looking at what it would do…");
    this.dialog.showModal();
    try {
      const { would } = await call("POST", this.path, { filter, dry_run: true });
      if (filter !== this.filter) return;
      write(bound("dry-run"), describe(would));
      this.button.disabled = false;
    } catch (error) {
      write(bound("dry-run"), error instanceof Error ? error.message : String(error));
    }
  }

  async confirm() {
    this.button.setAttribute("aria-busy", "true");
    try {
      const { replayed } = await call("POST", this.path, { filter: this.filter, dry_run: false });
      write(bound("announcer"), `${formatCount(replayed)} ${replayed === 1 ? "delivery is" : "deliveries are"} applied again.`);
      this.dialog.close();
      this.onReplayed();
    } catch (error) {
      write(bound("dry-run"), error instanceof Error ? error.message : String(error));
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }
}

/** `It would change nothing 12, update 3, issue 1, credit 0.` @param {Would} would */
export function describe({ nothing, update, issue, credit }) {
  const counts = `change nothing ${formatCount(nothing)}, update ${formatCount(update)}, issue ${formatCount(issue)}, credit ${formatCount(credit)}`;
  return `It would ${counts}.`;
}
