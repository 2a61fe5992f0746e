/** What the wall's privacy mode leaves of names and amounts. Pure. */

const BLANK = "••••••";

/**
 * A name as its initial; the length tells nothing.
 * @param {string} name @param {boolean} isPrivate
 */
export function maskName(name, isPrivate) {
  return isPrivate ? `${[...name][0] ?? ""}${BLANK}` : name;
}

/** @param {string} amount @param {boolean} isPrivate */
export function maskAmount(amount, isPrivate) {
  return isPrivate ? BLANK : amount;
}
