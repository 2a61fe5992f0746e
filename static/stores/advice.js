/** What to do about a problem with a shop, by the rule that the API names. Pure. */

/** @type {Record<string, string>} */
const ADVICE = {
  "wrong-key": "Copy both keys again: one begins with ck_, the other with cs_. A key that was revoked or whose user was deleted is never accepted again: add a new key in the shop.",
  "read-only-key": "In the shop, open WooCommerce, Settings, Advanced, REST API, edit the key, and set its permission to Read/Write. Or add a new key with that permission.",
  permalinks: "In WordPress, open Settings, Permalinks, choose “Post name”, and save. Then connect again.",
  "not-woocommerce": "Open the address in a browser: it must show the shop itself. WooCommerce must be active there.",
  unreachable: "Check the spelling of the address. The shop must be online, without a password or a “coming soon” page in front of it, and its firewall must admit requests to /wp-json/.",
  certificate: "Open the address in a browser: it must not warn. The host of the shop renews the certificate.",
  "not-configured": "Until then, shops of WooCommerce can be connected.",
  address: "Enter the https address that your customers open, such as https://shop.example.com.",
};

/** @param {string | null | undefined} rule @returns {string} empty where there is nothing to add */
export function adviceFor(rule) {
  return (rule && ADVICE[rule]) || "";
}

/** The address as the API takes it: without a scheme, https is meant. @param {string} text */
export function completeAddress(text) {
  const trimmed = text.trim().replace(/\/+$/, "");
  return !trimmed || /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
}

/** The page of the shop that makes keys; empty without an address. @param {string} text */
export function keysPage(text) {
  const address = completeAddress(text);
  return URL.canParse(address) && /^https?:/i.test(address) ? `${address}/wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys&create-key=1` : "";
}
