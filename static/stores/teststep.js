/** The step that waits for a test order: the state of the connection, and the newest orders as they arrive. */
import { whileBusy } from "./fields.js";
import { ApiError, call } from "../ui/api.js";
import { bound, find, make, write } from "../ui/dom.js";
import { formatCount, formatMoney } from "../ui/format.js";

/** @typedef {Stores.Wizard} Wizard @typedef {Stores.ConnectionHealth} Health @typedef {Stores.Order} Order */

const ASK_MS = 2000;
const ORDERS_SHOWN = 3;

/** @param {Wizard} wizard */
export function mountTest(wizard) {
  const watch = new Watch(wizard);
  wizard.onEnter("test", () => void watch.begin());
  find('[data-action="fetch"]').addEventListener("click", (event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    void whileBusy(button, () => watch.fetchNow());
  });
  find('[data-action="to-history"]').addEventListener("click", () => wizard.go("history"));
}

class Watch {
  /** @param {Wizard} wizard */
  constructor(wizard) {
    this.wizard = wizard;
    this.isAsking = false;
    /** @type {Map<string, string> | null} the state of each order that was there at the beginning */
    this.known = null;
    this.received = 0;
  }

  async begin() {
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.isShown()) {
      await this.ask();
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
    this.isAsking = false;
  }

  isShown() {
    return !find('[data-step="test"]').hidden;
  }

  get path() {
    return `/api/stores/${this.wizard.store?.slug}`;
  }

  async ask() {
    try {
      const [health, orders] = await Promise.all([call("GET", `${this.path}/health`), call("GET", `${this.path}/orders?limit=${ORDERS_SHOWN}`)]);
      this.known ??= new Map(orders.items.map((/** @type {Order} */ order) => [order.external_id, order.state]));
      bound("test-error").hidden = true;
      drawKeys(health);
      drawWebhooks(health);
      this.drawOrders(orders.items);
    } catch (error) {
      showError(error);
    }
  }

  async fetchNow() {
    try {
      const { href } = await call("POST", `${this.path}/sync`, { kind: "poll" });
      for (let state = "queued"; state === "queued" || state === "running"; ) {
        ({ state } = await call("GET", href));
        await new Promise((resolve) => setTimeout(resolve, ASK_MS / 4));
      }
      await this.ask();
    } catch (error) {
      showError(error);
    }
  }

  /** @param {Order[]} orders newest first */
  drawOrders(orders) {
    const fresh = orders.filter((order) => this.known?.get(order.external_id) !== order.state);
    const news = fresh[0];
    if (news) check("order", "good", `Order ${news.number} arrived.`);
    const list = find("[data-arrived]");
    const key = JSON.stringify(orders);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...orders.map((order) => makeOrder(order, fresh.includes(order))));
  }
}

/** @param {unknown} error */
function showError(error) {
  bound("test-error").hidden = false;
  const isUnconnected = error instanceof ApiError && error.status === 404;
  write(bound("test-error"), isUnconnected ? "The store is not connected yet: go back to the step Shop." : error instanceof Error ? error.message : String(error));
}

/** @param {Health} health */
function drawKeys({ connection }) {
  const isShopify = connection.type === "shopify";
  if (connection.status === "revoked" && isShopify) return check("keys", "bad", `${connection.error} Approve the app again in the step Shop.`);
  if (connection.status === "revoked") return check("keys", "bad", `The shop does not accept the keys any more: ${connection.error} Make new keys, and enter them in the step Shop.`);
  if (connection.status === "error") return check("keys", "late", `${connection.error} It is asked again by itself.`);
  check("keys", "good", isShopify ? "Shopify accepts the app." : "The shop accepts the keys, and they may read and write.");
}

/** @param {Health} health */
function drawWebhooks({ subscriptions, webhooks }) {
  const active = subscriptions.filter(({ state }) => state === "active").length;
  const received = webhooks.received ? ` ${formatCount(webhooks.received)} ${webhooks.received === 1 ? "has" : "have"} arrived.` : "";
  if (!subscriptions.length) return check("webhooks", "waiting", "The webhooks are being made in the shop. Until then orders are fetched every 30 seconds.");
  if (active < subscriptions.length) return check("webhooks", "late", `${active} of ${subscriptions.length} webhooks are active in the shop. Orders are fetched every 30 seconds.${received}`);
  check("webhooks", "good", `${active} webhooks are active in the shop.${received || " None has arrived yet; what they miss is fetched."}`);
}

/** @param {"keys" | "webhooks" | "order"} name @param {"waiting" | "good" | "late" | "bad"} state @param {string} text */
function check(name, state, text) {
  find(`[data-check="${name}"]`).dataset.state = state;
  write(bound(`check-${name}`), text);
}

/** @param {Order} order @param {boolean} isNew */
function makeOrder(order, isNew) {
  const numbers = order.documents.map(({ invoice_number }) => invoice_number).join(", ");
  return make(
    "li",
    isNew ? "is-new" : "",
    make("b", "", `Order ${order.number}`),
    make("span", "is-soft", order.state),
    make("span", "is-soft", numbers ? `invoiced as ${numbers}` : order.message || order.invoice_state.replace("_", " ")),
    make("span", "amount", `${formatMoney(order.total, order.currency)} ${order.currency}`),
  );
}
