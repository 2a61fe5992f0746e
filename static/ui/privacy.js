/** Masks names and amounts for the wall's privacy mode. Pure. */

const BLANK = "••••••";

/**
 * A name as its initial, with a fixed length.
 * @param {string} name @param {boolean} isPrivate
 */
export function maskName(name, isPrivate) {
  return isPrivate ? `${[...name][0] ?? ""}${BLANK}` : name;
}

/** @param {string} amount @param {boolean} isPrivate */
export function maskAmount(amount, isPrivate) {
  return isPrivate ? BLANK : amount;
}
