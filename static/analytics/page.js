/** The state that all parts of a page of figures share, and the change of its address. */
import { formatAddress, parseAddress } from "./address.js";
import { shownCurrency } from "./reading.js";
import { begin, reduce } from "./state.js";
import { Store } from "../ui/store.js";

export class Page {
  /** @param {Figures.FirstPaint} first */
  constructor(first) {
    this.first = first;
    /** @type {Store<import("./state.js").State, import("./state.js").Event>} */
    this.store = new Store({ reduce }, begin(first, parseAddress(location.search), Date.now()));
    addEventListener("popstate", () => this.follow());
  }

  get state() {
    return this.store.state;
  }

  /** The currency that money is shown in now. */
  get currency() {
    const { address, parts } = this.state;
    return address.convert || shownCurrency(parts.figures.answer, address.currency, this.first.currency);
  }

  /** Another address; the browser's back button leads here again. @param {Partial<Figures.Address>} change */
  go(change) {
    const search = formatAddress({ ...this.state.address, ...change });
    if (search === location.search) return;
    history.pushState(null, "", search || location.pathname);
    // One way for all who follow the address, the panel of a document among them.
    dispatchEvent(new PopStateEvent("popstate"));
  }

  /** Takes the address of the browser. */
  follow() {
    const address = parseAddress(location.search);
    // Other feeds have another socket and another mark: the server makes that page.
    if (feedsOf(address) !== feedsOf(this.state.address)) location.reload();
    else this.store.dispatch({ type: "address", address, now: Date.now() });
  }
}

/** @param {Figures.Address} address */
function feedsOf({ filters }) {
  return JSON.stringify(filters.filter(({ dimension }) => dimension === "feed"));
}
