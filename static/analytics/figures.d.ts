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
    last_audit?: { at: string; ok?: boolean } | string | null;
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
    cards: string[];
  }
}
