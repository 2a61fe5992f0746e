/** The live page of a store: creates and connects its parts. */
import { mountHours } from "./hours.js";
import { OrderList } from "./list.js";
import { mountNames } from "./names.js";
import { mountShown } from "./shown.js";
import { mountSource } from "./source.js";
import { begin, reduce } from "./state.js";
import { mountStock } from "./stock.js";
import { mountToday } from "./today.js";
import { STATE_WORDS } from "./order.js";
import { keepAges } from "../stores/ages.js";
import { connect } from "../streaming/connect.js";
import { bound, readIsland, write } from "../ui/dom.js";
import { mountPreferences } from "../ui/preferences.js";
import { Store } from "../ui/store.js";

/** Orders are announced to screen readers at most this often, ms. */
const ANNOUNCE_MS = 15_000;

/** @type {{ hello: Wire.Hello, may_open_documents: boolean, names_shown: boolean }} */
const page = readIsland("first-paint");
const store = new Store({ reduce }, begin(page.hello));

mountPreferences();
mountToday(store);
mountHours(store);
new OrderList(store);
mountShown(store, page.may_open_documents);
mountNames(store, page.names_shown);
mountSource(store);
mountStock(store.state.store.slug);
mountAnnouncer();
keepAges(() => Date.now());
connect(store);

/** Announces the newest order, so that a screen reader is not flooded by a busy shop. */
function mountAnnouncer() {
  let announced = store.state.store.orders[0];
  setInterval(() => {
    const [newest] = store.state.store.orders;
    if (!newest || newest === announced || newest.external_id === announced?.external_id) return;
    announced = newest;
    write(bound("announcer"), `Order ${newest.number}: ${newest.total} ${newest.currency}, ${STATE_WORDS[newest.invoice_state]}`);
  }, ANNOUNCE_MS);
}
