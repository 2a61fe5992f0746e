/** The control buttons: enabled when the action is possible, busy during the call, with a message after a failure. */
import { call } from "../ui/api.js";
import { bound, find, tested, write } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";
import { refusals } from "../ui/rights.js";

/** @typedef {import("../ui/rights.js").Act} Act */

/** @param {import("../streaming/feed.js").FeedStore} store @param {boolean} mayControl */
export function mountControls(store, mayControl) {
  const controls = new Controls(store, mayControl);
  store.subscribe((state, before) => {
    if (state.status !== before?.status) controls.draw();
    const [now, then] = [state.status.display, before?.status.display];
    if (now.rate_per_second !== then?.rate_per_second || now.mode !== then?.mode) controls.drawDisplay(now);
  });
}

class Controls {
  /** @param {import("../streaming/feed.js").FeedStore} store @param {boolean} mayControl */
  constructor(store, mayControl) {
    this.store = store;
    this.mayControl = mayControl;
    /** @type {Act | null} the action in progress */
    this.busy = null;
    this.notice = bound("notice");
    this.startForm = /** @type {HTMLFormElement} */ (find('[data-form="start"]'));
    this.displayForm = /** @type {HTMLFormElement} */ (find('[data-form="display"]'));
    this.dialog = /** @type {HTMLDialogElement} */ (find('[data-dialog="purge"]'));
    /** @type {[Act, HTMLButtonElement][]} */
    this.buttons = [
      ["start", /** @type {HTMLButtonElement} */ (tested("start"))],
      ["stop", /** @type {HTMLButtonElement} */ (tested("stop"))],
      ["reset", /** @type {HTMLButtonElement} */ (tested("reset"))],
      ["skip", find('[data-action="skip"]')],
      ["purge", find('[data-action="purge"]')],
      ["display", find('[data-action="display"]')],
    ];
    this.listen();
  }

  listen() {
    tested("start").addEventListener("click", () => this.start());
    this.startForm.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.refusals().start) this.start();
    });
    this.startForm.addEventListener("input", () => this.drawTarget());
    tested("stop").addEventListener("click", () => this.act("stop", "POST", "/api/control/stop"));
    tested("reset").addEventListener("click", () => this.act("reset", "POST", "/api/control/reset", { purge: false }));
    find('[data-action="skip"]').addEventListener("click", () => this.act("skip", "POST", "/api/control/skip"));
    this.displayForm.addEventListener("submit", (event) => this.setDisplay(event));
    find('[data-action="options"]').addEventListener("click", () => this.toggleOptions());
    this.listenPurge();
  }

  listenPurge() {
    const confirm = /** @type {HTMLInputElement} */ (find('input[name="confirm"]', this.dialog));
    const button = /** @type {HTMLButtonElement} */ (find('[data-action="confirm-purge"]'));
    const isConfirmed = () => confirm.value.trim().toLowerCase() === "purge";
    find('[data-action="purge"]').addEventListener("click", () => {
      confirm.value = "";
      button.disabled = true;
      this.dialog.showModal();
    });
    confirm.addEventListener("input", () => {
      button.disabled = !isConfirmed();
    });
    confirm.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (isConfirmed()) button.click();
    });
    button.addEventListener("click", () => {
      this.dialog.close();
      void this.act("purge", "POST", "/api/control/reset", { purge: true });
    });
  }

  start() {
    if (!this.startForm.reportValidity()) return this.toggleOptions(true);
    const fields = new FormData(this.startForm);
    const seed = String(fields.get("seed") ?? "").trim();
    return this.act("start", "POST", "/api/control/start", {
      rate_per_second: Number(fields.get("rate")),
      duration_seconds: Number(fields.get("duration")),
      seed: seed === "" ? null : Number(seed),
    });
  }

  /** @param {SubmitEvent} event */
  setDisplay(event) {
    event.preventDefault();
    const fields = new FormData(this.displayForm);
    void this.act("display", "PUT", "/api/feed", {
      mode: fields.get("mode"),
      rate_per_second: Number(fields.get("rate")),
    });
  }

  /** @param {Act} act @param {string} method @param {string} path @param {object} [body] */
  async act(act, method, path, body) {
    if (this.busy) return;
    this.busy = act;
    this.notice.hidden = true;
    this.draw();
    try {
      const status = await call(method, `${path}?feed=${encodeURIComponent(this.store.state.feed)}`, body);
      this.store.dispatch({ type: "status", status });
    } catch (error) {
      this.complain(error instanceof Error ? error.message : String(error));
    } finally {
      this.busy = null;
      this.draw();
    }
  }

  /** @param {string} words */
  complain(words) {
    this.notice.hidden = false;
    write(this.notice, words);
  }

  /** @param {boolean} [isOpen] */
  toggleOptions(isOpen) {
    const options = find("#options");
    options.hidden = isOpen === undefined ? !options.hidden : !isOpen;
    find('[data-action="options"]').setAttribute("aria-expanded", String(!options.hidden));
    this.drawTarget();
  }

  /** Updates the fields of the display settings, unless the user is editing them. @param {Wire.Display} display */
  drawDisplay({ mode, rate_per_second: rate }) {
    if (this.displayForm.contains(document.activeElement)) return;
    const fields = this.displayForm.elements;
    for (const [name, value] of [["mode", mode], ["rate", String(rate)]]) {
      const field = fields.namedItem(name ?? "");
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value ?? "";
    }
  }

  refusals() {
    const { status, controls } = this.store.state;
    return refusals(status, this.mayControl, controls);
  }

  draw() {
    const reasons = this.refusals();
    for (const [act, button] of this.buttons) {
      const isBusy = this.busy === act;
      button.disabled = reasons[act] !== null || this.busy !== null;
      button.title = reasons[act] ?? "";
      button.setAttribute("aria-busy", String(isBusy));
    }
    const isRuleOfPlace = !this.mayControl || !this.store.state.controls.includes("start");
    write(bound("hint"), isRuleOfPlace ? (reasons.start ?? "") : "");
  }

  /** The number of invoices that START would issue; the server calculates it exactly, in decimals. */
  drawTarget() {
    const fields = new FormData(this.startForm);
    const target = Math.floor(Number(fields.get("rate")) * Number(fields.get("duration")) + 1e-9);
    write(bound("target-note"), target > 0 ? `START issues ${formatCount(target)} invoices.` : "");
  }
}
