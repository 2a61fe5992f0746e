/** What the API of figures answers, as far as pages use it. Money stays text. Fields that older servers lack are optional. */
declare namespace Figures {
  type Value = string | number | null;
  type Unit = "money" | "count" | "quantity" | "share" | string;
  /** A row of figures: values stand under the names of their metrics, members under those of their dimensions. */
  type Row = { currency: string | null; date?: string; label?: string } & Record<string, Value | undefined>;
  interface Amount {
    currency: string;
    amount: string;
  }
  interface Held {
    rows: number;
    amount?: Amount[] | null;
  }
  interface Restated {
    day: string;
    currency: string;
    why: string;
    at: string;
    before: { transactions: number; revenue: string };
    after: { transactions: number; revenue: string };
  }
  interface Proof {
    range: { from: string; to: string };
    timezone: string;
    as_of: string;
    folded_to: Record<string, number>;
    complete_until: string;
    held?: Held;
    restated?: Restated[];
    last_audit?: { at: string; equal: boolean; buckets_compared?: number; differences?: number } | null;
    generation?: number;
  }
  interface Metadata extends Proof {
    query_time_ms: number;
    cache_hit: boolean;
    engine: string;
    rates?: { currency?: string; from?: string; to?: string; day?: string; rate?: string }[];
    unconverted?: string[];
  }
  interface Answer {
    data: Row[];
    totals: Row[];
    comparison: { range: { from: string; to: string }; data: Row[]; totals: Row[] } | null;
    metadata: Metadata;
  }
  interface Explained {
    metrics: { name: string; says: string; over: string[] | null; sql: string[]; sources: string[] }[];
    buckets: number;
    documents: number;
    metadata: Proof;
  }
  interface Document {
    value: string | number;
    currency: string;
    at: string;
    number: string;
    kind?: string;
    href: string;
  }
  interface Documents {
    items: Document[];
    sums: { currency: string; value: string | number }[];
    next: string | null;
  }
  /** Only these members of a dimension, or with `isNot` all others. */
  interface Filter {
    dimension: string;
    members: string[];
    isNot: boolean;
  }
  /** What the address of a page says. */
  interface Address {
    /** A name of `RANGES`; empty: the days `from` to `to`. */
    range: string;
    from: string;
    to: string;
    /** Empty: one that fits the range. */
    grain: string;
    /** The one of the chart. */
    metric: string;
    /** The dimension that is broken down. */
    by: string;
    compare: "previous" | "year" | "none";
    /** The one that money is shown in; empty: that of the stores. */
    currency: string;
    convert: string;
    /** The zone whose days are shown; empty: that of the stores. */
    tz: string;
    /** `sale`: refunds count on the day of the invoice that they correct; empty: on their own. */
    dated: "sale" | "";
    filters: Filter[];
    /** The metric whose documents are listed. */
    drill: string;
    /** The bucket of these documents; empty: the whole range. */
    at: string;
    /** The metric that is explained. */
    proof: string;
  }
  /** A metric of the catalogue. */
  interface Metric {
    name: string;
    title: string;
    says: string;
    unit: Unit;
    additive: boolean;
    grains: string[];
    dimensions: string[];
    over: string[] | null;
    has_documents: boolean;
  }
  interface Store {
    slug: string;
    name: string;
    is_demo: boolean;
  }
  /** What the server puts into the page. */
  interface FirstPaint {
    hello: Wire.Hello;
    /** The server's clock. */
    now: string;
    timezone: string;
    currency: string;
    feeds: { name: string; is_test: boolean }[];
    stores: Store[];
    metrics: Metric[];
    /** The metrics of the page: those of its cards, and more columns of its table. */
    columns: string[];
  }
}
