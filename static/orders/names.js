/** Shows the names of buyers in the list of invoices while the switch is on; the server keeps who turned it. */
import { call } from "../ui/api.js";
import { bound, find, write } from "../ui/dom.js";

/** New rows are asked for together, ms. */
const GATHER_MS = 250;

/** Mounts the switch, where the page has it. @param {import("./state.js").StorePage} page @param {boolean} isShown */
export function mountNames(page, isShown) {
  const button = document.querySelector('[data-action="names"]');
  if (button instanceof HTMLButtonElement) new NameSwitch(page, button, isShown);
}

class NameSwitch {
  /** @param {import("./state.js").StorePage} page @param {HTMLButtonElement} button @param {boolean} isShown */
  constructor(page, button, isShown) {
    this.address = `/api/stores/${page.state.store.slug}/names`;
    this.button = button;
    this.isShown = isShown;
    this.isGathering = false;
    button.addEventListener("click", () => void this.turn());
    page.subscribe((state, before) => {
      if (state.rows !== before?.rows) this.gather();
    });
    this.draw();
  }

  async turn() {
    this.button.disabled = true;
    bound("names-error").hidden = true;
    try {
      const { shown } = await call("PUT", this.address, { shown: !this.isShown });
      this.isShown = shown;
      this.draw();
      this.gather();
    } catch (error) {
      this.report(error);
    } finally {
      this.button.disabled = false;
    }
  }

  draw() {
    this.button.setAttribute("aria-pressed", String(this.isShown));
    write(this.button, this.isShown ? "Hide names" : "Show names");
    if (!this.isShown) for (const element of buyers()) write(element, element.dataset.masked ?? "");
  }

  gather() {
    if (!this.isShown || this.isGathering) return;
    this.isGathering = true;
    setTimeout(() => void this.fetch(), GATHER_MS);
  }

  async fetch() {
    this.isGathering = false;
    const masked = new Map([...buyers()].filter((each) => each.textContent === each.dataset.masked).map((each) => [each.dataset.number ?? "", each]));
    if (!masked.size) return;
    try {
      const { shown, items } = await call("GET", `${this.address}?${new URLSearchParams({ numbers: [...masked.keys()].join(",") })}`);
      if (shown !== this.isShown) {
        this.isShown = shown;
        this.draw();
      }
      for (const { invoice_number: number, buyer_name: name } of items) write(/** @type {HTMLElement} */ (masked.get(number)), name);
    } catch (error) {
      this.report(error);
    }
  }

  /** @param {unknown} error */
  report(error) {
    const notice = bound("names-error");
    write(notice, error instanceof Error ? error.message : String(error));
    notice.hidden = false;
  }
}

/** The buyers that are on screen. @returns {NodeListOf<HTMLElement>} */
function buyers() {
  return find("[data-feed-rows]").querySelectorAll("[data-masked]");
}
