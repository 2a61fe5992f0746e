/** The frames of `/ws/dashboard/`, and what a page holds for its scripts before the first frame. */
declare namespace Wire {
  /** A shown row; the invoice is null once it was deleted. */
  interface Row {
    seq: number;
    invoice: Invoice | null;
  }
  interface Hello {
    type: "hello";
    protocol: number;
    feed: string;
    epoch: string;
    last_seq: number;
    reset: boolean;
    items: Row[];
    stats: Stats;
    status: Status;
  }
  type Frame =
    | Hello
    | ({ type: "invoice" } & Row)
    | { type: "stats"; stats: Stats }
    | { type: "status"; status: Status }
    | { type: "reset"; last_seq: number }
    | { type: "order"; order: Order }
    | { type: "account"; accounts: StoreAccount[]; order_counts: Record<string, number> }
    | ({ type: "metric" } & StoreMetric)
    | { type: "source"; health: Health }
    | { type: "pong" }
    | { type: "error"; detail: string };
  /** The content of the page's `<script type="application/json">`. */
  interface FirstPaint {
    hello: Hello;
    may_control: boolean;
    controls: string[];
    open: boolean;
    feeds: string[];
    sortable: string[];
    /** On the system page only. */
    queues?: Queue[];
  }
}
