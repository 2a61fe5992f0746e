/**
 * Valid objects of the API and the WebSocket for tests; `static/types/wire.d.ts` has their types.
 *
 * Each function returns a new object. `overrides` replaces single fields of it.
 */

/** @param {number} number @param {Partial<Wire.Invoice>} [overrides] @returns {Wire.Invoice} */
export function invoice(number, overrides) {
  return {
    id: number,
    invoice_number: `DEMO-1-${number}`,
    printed_number: `DEMO-1-${number}`,
    invoice_date: "2026-11-21T03:54:10.123456Z",
    seller_name: "Olive & Sons",
    buyer_name: "Harbour Ltd",
    currency: "SAR",
    vat_rate: "0.15",
    subtotal: "100.00",
    vat_amount: "15.00",
    total_amount: "115.00",
    kind: "invoice",
    ...overrides,
  };
}

/** A shown row; its invoice has the id `seq`. @param {number} seq @returns {Wire.Row} */
export function row(seq) {
  return { seq, invoice: invoice(seq) };
}

/** The rows with sequence numbers `first` to `last`, both included, ascending; none when `last` is smaller. @param {number} first @param {number} last */
export function rows(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => row(first + index));
}

/** @param {Partial<Wire.Stats>} [overrides] @returns {Wire.Stats} */
export function stats(overrides) {
  return {
    feed: "demo",
    currency: "SAR",
    invoice_count: 0,
    subtotal_amount: "0.00",
    vat_amount: "0.00",
    total_amount: "0.00",
    average_amount: "0.00",
    as_of: "2026-11-21T03:54:10Z",
    source: "cache",
    currencies: [],
    ...overrides,
  };
}

/** @param {Partial<Wire.Run>} [overrides] @returns {Wire.Run} */
export function run(overrides) {
  return {
    id: 1,
    state: "running",
    rate_per_second: 5,
    duration_seconds: 300,
    seed: 7,
    target_count: 1500,
    issued_count: 0,
    started_at: "2026-11-21T03:54:10Z",
    stopped_at: null,
    ends_at: "2026-11-21T03:59:10Z",
    ...overrides,
  };
}

/** @param {Partial<Wire.Status>} [overrides] @param {Partial<Wire.Display>} [displayOverrides] @returns {Wire.Status} */
export function status(overrides, displayOverrides) {
  return {
    feed: "demo",
    state: "idle",
    run: null,
    replay: null,
    display: {
      mode: "every",
      rate_per_second: 2,
      backlog: 0,
      announced_count: 0,
      shown_count: 0,
      skipped_count: 0,
      last_seq: 0,
      drain_eta_seconds: 0,
      ...displayOverrides,
    },
    processes: [],
    services: { postgres: "up", redis: "up" },
    conditions: [],
    store: null,
    ...overrides,
  };
}

/** The first frame of a connection. @param {number} lastSeq @param {Wire.Row[]} [items] @param {Partial<Wire.Hello>} [overrides] @returns {Wire.Hello} */
export function hello(lastSeq, items = [], overrides) {
  return {
    type: "hello",
    protocol: 1,
    feed: "demo",
    epoch: "e1",
    last_seq: lastSeq,
    reset: false,
    items,
    stats: stats(),
    status: status(),
    ...overrides,
  };
}
