/** Draws the cards of the shown stores: one element per store, of which only what changed is written again. */
import { makeAge } from "./ages.js";
import { visible } from "./state.js";
import { sparkArea, sparkPath } from "../streaming/seconds.js";
import { find, make, write } from "../ui/dom.js";
import { formatCount, formatMoney, formatTime } from "../ui/format.js";

/** @typedef {import("./state.js").State} State */

/** @type {Record<NonNullable<Stores.Card["act"]>, string>} */
const ACTS = { finish: "Finish the connection", reconnect: "Connect again" };

export class CardList {
  /** @param {boolean} mayConnect whether the reader may connect stores */
  constructor(mayConnect) {
    this.mayConnect = mayConnect;
    this.list = find("[data-stores]");
    this.template = /** @type {HTMLTemplateElement} */ (find("[data-card-template]"));
    /** @type {Map<string, HTMLElement>} */
    this.elements = new Map();
    for (const element of this.list.children) {
      if (element instanceof HTMLElement) this.elements.set(element.dataset.store ?? "", element);
    }
  }

  /** @param {State} state @param {State | null} before */
  draw(state, before) {
    const shown = visible(state);
    for (const slug of shown) {
      const [card, held] = [state.cards.get(slug), before?.cards.get(slug)];
      if (card && (card !== held || !this.elements.has(slug))) this.fill(card, held, Date.now() + state.clock);
    }
    if (state.found !== before?.found || state.limit !== before?.limit) this.place(shown);
  }

  /** @param {Stores.Card} card @param {Stores.Card | undefined} held what the element shows @param {number} now */
  fill(card, held, now) {
    const element = this.elements.get(card.slug) ?? this.make(card.slug);
    fillCard(element, card, now);
    this.fillAct(element, card);
    if (held && card.today.orders > held.today.orders) mark(element);
  }

  /** @param {string} slug */
  make(slug) {
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const element = find("[data-store]", copy);
    element.dataset.store = slug;
    this.elements.set(slug, element);
    return element;
  }

  /** @param {HTMLElement} element @param {Stores.Card} card */
  fillAct(element, card) {
    const link = /** @type {HTMLAnchorElement} */ (part(element, "act"));
    link.hidden = !card.act || !this.mayConnect;
    if (!card.act) return;
    link.href = connectAddress(card.slug);
    write(link, ACTS[card.act]);
  }

  /** Puts the elements into this order; those in place are not moved, so that the focus stays. @param {string[]} order */
  place(order) {
    const kept = new Set(order);
    for (const [slug, element] of this.elements) {
      if (kept.has(slug)) continue;
      element.remove();
      this.elements.delete(slug);
    }
    order.forEach((slug, at) => {
      const element = this.elements.get(slug);
      const present = this.list.children[at] ?? null;
      if (element && present !== element) this.list.insertBefore(element, present);
    });
  }
}

/** @param {HTMLElement} element @param {Stores.Card} card @param {number} now ms of the server's clock */
function fillCard(element, card, now) {
  element.dataset.health = card.health;
  const link = /** @type {HTMLAnchorElement} */ (part(element, "name"));
  write(link, card.name);
  link.href = card.act === "finish" ? connectAddress(card.slug) : `/stores/${card.slug}/`;
  write(part(element, "platform"), card.platform_name);
  part(element, "demo").hidden = !card.is_demo;
  write(part(element, "gross"), formatMoney(card.today.gross, card.currency));
  write(part(element, "currency"), card.currency);
  write(part(element, "orders"), `${formatCount(card.today.orders)} ${card.today.orders === 1 ? "order" : "orders"} today`);
  const days = card.days.map((gross) => Math.max(0, Number(gross)));
  part(element, "line").setAttribute("d", sparkPath(days));
  part(element, "area").setAttribute("d", sparkArea(days));
  part(element, "says").replaceChildren(...phrases(card, now));
  fillHealed(part(element, "healed"), card);
}

/** @param {Stores.Card} card @param {number} now */
function phrases({ says }, now) {
  return says.flatMap(({ text, at }, place) => [place ? `, ${text}` : text, ...(at ? [" ", makeAge(at, now)] : [])]);
}

/** @param {HTMLElement} element @param {Stores.Card} card */
function fillHealed(element, { webhooks }) {
  element.hidden = webhooks.missed === 0;
  const words = `webhooks missed ${formatCount(webhooks.missed)}, healed ${formatCount(webhooks.healed)}`;
  if (!webhooks.healed_at) return write(element, words);
  const time = make("time", "", formatTime(webhooks.healed_at).slice(0, 5));
  time.setAttribute("datetime", webhooks.healed_at);
  element.replaceChildren(`${words} at `, time);
}

/** @param {HTMLElement} element @param {string} name @returns {HTMLElement} */
function part(element, name) {
  return find(`[data-card="${name}"]`, element);
}

/** @param {string} slug */
function connectAddress(slug) {
  return `/stores/connect/?store=${slug}`;
}

/** A new order is marked for a moment. @param {HTMLElement} element */
function mark(element) {
  element.classList.remove("is-new");
  requestAnimationFrame(() => element.classList.add("is-new"));
  element.addEventListener("animationend", () => element.classList.remove("is-new"), { once: true });
}
