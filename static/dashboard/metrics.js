/** Parses the part of `/metrics` that the system page shows. Pure. */

/** @typedef {{ labels: Record<string, string>, value: number }} Value */

/** Prometheus text by metric. @param {string} text @returns {Map<string, Value[]>} */
export function parseMetrics(text) {
  /** @type {Map<string, Value[]>} */
  const metrics = new Map();
  for (const line of text.split("\n")) {
    const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!match) continue;
    const [, name = "", labels = "", value] = match;
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]);
    metrics.set(name, [...(metrics.get(name) ?? []), { labels: Object.fromEntries(pairs), value: Number(value) }]);
  }
  return metrics;
}

/** @param {Map<string, Value[]>} metrics @param {string} name */
export function total(metrics, name) {
  const values = metrics.get(name);
  return values ? values.reduce((sum, { value }) => sum + value, 0) : null;
}

/** The average milliseconds of a query over all processes. @param {Map<string, Value[]>} metrics */
export function averageQuery(metrics) {
  const [seconds, queries] = [total(metrics, "invoicedash_db_query_seconds_total"), total(metrics, "invoicedash_db_queries_total")];
  return seconds === null || !queries ? null : (seconds / queries) * 1000;
}
