/** The dashboard page: puts its parts together. */
import { beginTelling, tell } from "./announce.js";
import { connect } from "./connect.js";
import { mountControls } from "./controls.js";
import { bound, readIsland, write } from "./dom.js";
import { mountFigures } from "./figures.js";
import { mountGrid } from "./grid.js";
import { mountPreferences } from "./preferences.js";
import { begin } from "./state.js";
import { Store } from "./store.js";

/** @type {Wire.FirstPaint} */
const page = readIsland("first-paint");
const store = new Store(begin(page.hello));

mountPreferences();
mountFigures(store);
mountControls(store, page.may_control);
const grid = mountGrid(store);
addEventListener("invoicedash:restyled", () => {
  grid.measure();
  grid.redraw?.();
});
mountAnnouncer();
connect(store);

function mountAnnouncer() {
  const announcer = bound("announcer");
  let told = beginTelling(store.state, performance.now());
  setInterval(() => {
    const news = tell(store.state, told, performance.now());
    if (!news) return;
    told = news.told;
    write(announcer, news.words);
  }, 1000);
}
