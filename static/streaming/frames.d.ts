/** The shapes on the wire (HTTP API and `/ws/dashboard/`); money and instants are strings and stay strings. */
declare namespace Wire {
  interface Invoice {
    id: number;
    invoice_number: string;
    invoice_date: string;
    seller_name: string;
    buyer_name: string;
    currency: string;
    vat_rate: string | null;
    subtotal: string;
    vat_amount: string;
    total_amount: string;
    /** What it is where the server tells; an addition to the published shape, hence optional. */
    kind?: "invoice" | "credit_note";
  }
  /** An invoice as it is asked for by its number. */
  interface Document extends Invoice {
    lines: { position: number; description: string; product_code: string; quantity: string; unit_price: string; vat_rate: string; net: string }[];
    vat_groups: { vat_rate: string; net: string; vat_amount: string }[];
    due_date: string | null;
    corrects: string | null;
    credit_notes: { invoice_number: string; invoice_date: string; total_amount: string }[];
    credited_amount: string;
    reason: string;
    note: string;
  }
  interface Stats {
    feed: string;
    currency: string;
    invoice_count: number;
    subtotal_amount: string;
    vat_amount: string;
    total_amount: string;
    average_amount: string;
    as_of: string;
    source: "cache" | "database";
  }
  type DisplayState = "idle" | "running" | "stopping" | "draining";
  type RunState = "running" | "stopping" | "stopped" | "completed";
  interface Run {
    id: number;
    state: RunState;
    rate_per_second: number;
    duration_seconds: number;
    target_count: number;
    issued_count: number;
    started_at: string;
    stopped_at: string | null;
    ends_at: string;
  }
  interface Display {
    mode: "every" | "latest";
    rate_per_second: number;
    backlog: number;
    shown_count: number;
    skipped_count: number;
    /** All that was put on the feed; an addition to the published shape, hence optional. */
    announced_count?: number;
    last_seq: number;
    drain_eta_seconds: number | null;
  }
  interface Process {
    name: string;
    state: "up" | "down";
    pid: number | null;
    started_at: string | null;
    restarts: number | null;
    last_heartbeat_at: string | null;
    memory_bytes?: number | null;
  }
  interface Replay {
    feed: string;
    source: string;
    from: string;
    to: string;
    speed: number;
    state: "running" | "stopped" | "completed";
    /** Its own time. */
    clock: string;
    progress: number;
    started_at: string;
    ended_at: string | null;
  }
  interface Status {
    feed: string;
    state: DisplayState;
    run: Run | null;
    /** What a feed that is a replay's shows; an addition to the published shape, hence optional. */
    replay?: Replay | null;
    display: Display;
    processes: Process[];
    services: Record<string, "up" | "down">;
    conditions: Condition[];
  }
  /** Something that is wrong now. */
  interface Condition {
    name: string;
    since: string;
    subject: string;
    sentence: string;
  }
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
    | { type: "pong" }
    | { type: "error"; detail: string };
  interface Page {
    items: Invoice[];
    next: string | null;
  }
  interface Second {
    at: string;
    issued: number;
    shown: number;
    backlog: number;
    /** What of it still counts, in number and money; null where that is not told. */
    invoice_count: number | null;
    total_amount: string | null;
    vat_amount: string | null;
  }
  interface Queue {
    name: string;
    kind: "display" | "celery";
    waiting: number | null;
    in_per_second: number | null;
    out_per_second: number | null;
    drain_eta_seconds: number | null;
  }
  /** What the page is born with, from its `<script type="application/json">`. */
  interface FirstPaint {
    hello: Hello;
    may_control: boolean;
    controls: string[];
    open: boolean;
    feeds: string[];
    sortable: string[];
    /** On the system page alone. */
    queues?: Queue[];
  }
}
