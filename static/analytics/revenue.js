/** The revenue page: creates and connects its parts. */
import { mountActs } from "./acts.js";
import { documentsOf } from "./ask.js";
import { mountAsking } from "./asking.js";
import { mountBreakdown } from "./breakdown.js";
import { mountCards } from "./cards.js";
import { mountChart } from "./chart.js";
import { mountControls } from "./controls.js";
import { mountCurrencies } from "./currencies.js";
import { mountFilters } from "./filters.js";
import { mountNotices } from "./notices.js";
import { Page } from "./page.js";
import { mountSide } from "./side.js";
import { mountStanding } from "./standing.js";
import { mountTable } from "./table.js";
import { mountDetail } from "../invoices/detail.js";
import { connect } from "../streaming/connect.js";
import { beginFeed, reduceFeed } from "../streaming/feed.js";
import { find, readIsland } from "../ui/dom.js";
import { mountKeyboard } from "../ui/keyboard.js";
import { mountPreferences } from "../ui/preferences.js";
import { mountPicks } from "../ui/picks.js";
import { Store } from "../ui/store.js";

/** @type {Figures.FirstPaint} */
const first = readIsland("first-paint");
const page = new Page(first);
const feed = new Store({ reduce: reduceFeed }, beginFeed(first.hello));

mountPreferences();
mountPicks();
mountControls(page);
mountCurrencies(page);
mountFilters(page);
mountNotices(page);
mountCards(page);
const chart = mountChart(page);
mountTable(page);
mountBreakdown(page);
mountStanding(page);
mountActs(page, chart);
mountReading();
mountAsking(page, feed);
connect(feed);

/** The panels of documents, and the keys. */
function mountReading() {
  const detail = mountDetail(() => {});
  const side = mountSide(page, (number) => detail.open(number, null));
  /** @param {1 | -1} step */
  const move = (step) => {
    const number = side.isOpen ? side.neighbour(detail.number, step) : null;
    if (number) detail.open(number, null, false);
  };
  find('[data-action="detail-older"]').addEventListener("click", () => move(1));
  find('[data-action="detail-newer"]').addEventListener("click", () => move(-1));
  const keys = {
    "[": () => find('[data-action="earlier"]').click(),
    "]": () => find('[data-action="later"]').click(),
    r: () => find('[data-pick="range"] summary').click(),
    d: () => documentsOf(page.state, page.state.address.metric) && page.go({ drill: page.state.address.metric, at: "", proof: "" }),
    p: () => page.go({ proof: page.state.address.metric, drill: "", at: "" }),
    j: () => move(1),
    k: () => move(-1),
  };
  mountKeyboard(keys, () => (detail.number !== null ? detail.close() : side.isOpen && side.close()));
}
