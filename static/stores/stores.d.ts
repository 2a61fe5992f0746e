/** The frames of `/ws/stores/`, and what the overview holds for its scripts before the first frame. */
declare namespace Stores {
  type Health = "ok" | "silent" | "late" | "error" | "connecting";
  interface Card {
    slug: string;
    name: string;
    platform: string;
    platform_name: string;
    domain: string;
    status: string;
    currency: string;
    is_demo: boolean;
    today: { day: string; gross: string; orders: number };
    /** Gross sales of the last days, today last. */
    days: string[];
    health: Health;
    needs_attention: boolean;
    act: "finish" | "reconnect" | null;
    /** The health in words; `at` is written behind its text as an age. */
    says: { text: string; at: string | null }[];
    webhooks: { missed: number; healed: number; healed_at: string | null };
  }
  /** A store that is gone. */
  interface Gone {
    slug: string;
    status: "erased";
  }
  type Frame =
    | { type: "hello" | "stores"; as_of: string; items: (Card | Gone)[] }
    | { type: "pong" }
    | { type: "error"; detail: string };
  interface FirstPaint {
    as_of: string;
    items: Card[];
    /** Whether `items` are all stores; if not, the hello brings the others. */
    is_whole: boolean;
    may_connect: boolean;
  }

  /** The page that connects a store. */
  type Schemas = import("../types/api.js").components["schemas"];
  type Store = Schemas["StoreOut"];
  type Job = Schemas["JobOut"];
  type ConnectionHealth = Schemas["HealthOut"];
  interface Order {
    external_id: string;
    number: string;
    state: string;
    invoice_state: string;
    message: string;
    currency: string;
    total: string;
    documents: { invoice_number: string }[];
  }
  type Step = "platform" | "shop" | "seller" | "test" | "history";
  interface ConnectPage {
    store: Store | null;
    accounts: { slug: string; name: string }[];
    currency: string;
    takes_keys: boolean;
    shopify: { is_configured: boolean; is_made: boolean };
  }
  interface Wizard {
    platform: "woocommerce" | "shopify";
    page: ConnectPage;
    store: Store | null;
    go(step: Step): void;
    onEnter(step: Step, enter: () => void): void;
  }
}
