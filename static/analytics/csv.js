/** Figures as a CSV file: every bucket of every currency, with the exact values of the API. Pure. */

/** @param {Figures.Row[]} rows @param {string[]} metrics @returns {string} */
export function toCsv(rows, metrics) {
  const lines = rows.map((row) => [row.date, row.label, row.currency, ...metrics.map((name) => row[name])]);
  return [["date", "label", "currency", ...metrics], ...lines].map((cells) => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** A cell; a spreadsheet must not read text as a formula. @param {Figures.Value | undefined} value */
function quoted(value) {
  const text = String(value ?? "");
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {{ from: string, to: string }} days @param {string} grain */
export function fileName({ from, to }, grain) {
  return `figures-${from}-${to}-by-${grain}.csv`;
}
