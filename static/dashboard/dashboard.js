/** The dashboard page: creates and connects its parts. */
import { beginAnnouncing, announcement } from "../streaming/announce.js";
import { connect } from "../streaming/connect.js";
import { mountChart } from "../streaming/chart.js";
import { mountControls } from "./controls.js";
import { mountCurrency, wantedCurrency } from "./currency.js";
import { mountDetail } from "../invoices/detail.js";
import { bound, find, readIsland, write } from "../ui/dom.js";
import { describeTitle, mountFigures } from "./figures.js";
import { mountGrid } from "../invoices/grid.js";
import { mountKeyboard } from "../ui/keyboard.js";
import { mountLookup } from "../invoices/lookup.js";
import { mountPreferences } from "../ui/preferences.js";
import { mountReplayClock, mountReplays } from "../replays/replay.js";
import { mountSparklines } from "../streaming/sparklines.js";
import { begin, reduce } from "./state.js";
import { Store } from "../ui/store.js";
import { Timeline } from "../streaming/timeline.js";

/** @type {Wire.FirstPaint} */
const page = readIsland("first-paint");
const store = new Store({ reduce }, begin(page.hello, page.controls, wantedCurrency()));

mountPreferences();
mountFigures(store);
mountCurrency(store);
mountControls(store, page.may_control);
const grid = mountGrid(store);
addEventListener("invoicedash:restyled", () => {
  grid.measure();
  grid.redraw?.();
});
mountReading();
mountAnnouncer();
mountTimeline();
mountTitle();
mountReplays(page.may_control);
mountReplayClock(store);
connect(store);

/** Search, side panel and keyboard. */
function mountReading() {
  const lookup = mountLookup(store, page.sortable);
  const detail = mountDetail((number) => {
    grid.opened = number;
    grid.mark();
  });
  grid.onOpen = (number, invoice, takesFocus) => detail.open(number, invoice, takesFocus);
  find('[data-action="detail-older"]').addEventListener("click", () => grid.choose(1));
  find('[data-action="detail-newer"]').addEventListener("click", () => grid.choose(-1));
  const keys = {
    j: () => grid.choose(1),
    k: () => grid.choose(-1),
    "/": () => lookup.focus(),
    t: () => {
      lookup.leave();
      grid.toTop();
    },
  };
  mountKeyboard(keys, () => {
    if (detail.number !== null) detail.close();
    else if (!lookup.leave()) grid.release();
  });
}

function mountTimeline() {
  const timeline = new Timeline(store);
  mountSparklines(timeline);
  mountChart(store, timeline);
  timeline.begin();
}

/** The state in the tab's title, for a tab that is not in front. */
function mountTitle() {
  store.subscribe((state, before) => {
    if (state.status !== before?.status) document.title = describeTitle(state);
  });
}

function mountAnnouncer() {
  const announcer = bound("announcer");
  let announced = beginAnnouncing(store.state, performance.now());
  setInterval(() => {
    const news = announcement(store.state, announced, performance.now());
    if (!news) return;
    announced = news.last;
    write(announcer, news.words);
  }, 1000);
}
