/** The page's address: which feed, and which invoice is open. Pure. */

/** The invoice that an address opens. @param {string} search */
export function invoiceIn(search) {
  return new URLSearchParams(search).get("invoice");
}

/** The address with that invoice open, or with none. @param {string} search @param {string | null} number */
export function withInvoice(search, number) {
  const query = new URLSearchParams(search);
  if (number === null) query.delete("invoice");
  else query.set("invoice", number);
  return `?${query}`;
}

/** A number as a path segment of the API, with slashes encoded. @param {string} number */
export function invoicePath(number) {
  return `/api/invoices/${encodeURIComponent(number)}`;
}
