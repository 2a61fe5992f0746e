/** Masks names and amounts for the wall's privacy mode, and the buyers of stores on every screen. Pure. */

const BLANK = "••••••";

/**
 * A name as its initial, with a fixed length.
 * @param {string} name @param {boolean} isPrivate
 */
export function maskName(name, isPrivate) {
  return isPrivate ? `${[...name][0] ?? ""}${BLANK}` : name;
}

/**
 * A buyer as the screens of a feed show it: of a store "A. ••••", as its frames have it; lists name buyers to owners.
 * @param {string} name @param {string} feed
 */
export function shownBuyer(name, feed) {
  return feed.startsWith("store-") ? maskBuyer(name) : name;
}

/** "A. ••••", also of a name that is masked. @param {string} name */
export function maskBuyer(name) {
  return `${[...name][0] ?? ""}. ••••`;
}

/** @param {string} amount @param {boolean} isPrivate */
export function maskAmount(amount, isPrivate) {
  return isPrivate ? BLANK : amount;
}
