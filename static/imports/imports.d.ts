/** What the page of imports has of the API, and what the server puts into the page. */
declare namespace Imports {
  type Schemas = import("../types/api.js").components["schemas"];
  type Preview = Schemas["PreviewOut"];
  type Job = Schemas["ImportOut"];
  type HeldRow = Schemas["HeldRowsOut"];
  /** A document as `POST /api/invoices` takes it; what is empty is left out. */
  interface Document {
    number?: string;
    kind?: "invoice" | "credit_note";
    invoice_date: string;
    currency?: string;
    buyer: { name: string };
    lines: { description: string; quantity: string }[];
    total_amount?: string;
  }
  interface Page {
    formats: Record<string, string>;
    most_bytes: number;
    last: { seller: string; currency: string };
  }
  interface Report {
    documents: number;
    credit_notes: number;
    duplicates: number;
    quarantined: Record<string, number>;
    set_aside: Record<string, number>;
    notes: string[];
    complete: boolean;
  }
}
