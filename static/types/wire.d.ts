/** Short names for the shapes of the API; money and instants are strings and stay strings. */
declare namespace Wire {
  type Schemas = import("./api.js").components["schemas"];

  type Invoice = Schemas["InvoiceOut"];
  type Document = Schemas["DocumentOut"];
  type Page = Schemas["PageOut"];
  type Stats = Schemas["StatsOut"];
  type Second = Schemas["SecondOut"];
  type Status = Schemas["StatusOut"];
  type DisplayState = Status["state"];
  type Run = Schemas["RunOut"];
  type Display = Schemas["DisplayOut"];
  type Process = Schemas["ProcessOut"];
  type Condition = Schemas["ConditionOut"];
  type Queue = Schemas["QueueOut"];
  type StoreState = Schemas["StoreStateOut"];
  type StoreAccount = Schemas["StoreAccountOut"];
  type OrderAccount = Schemas["OrderAccountOut"];
  type StoreMetric = Schemas["StoreMetricOut"];
  type Health = Schemas["HealthOut"];
  type Order = Schemas["OrderOut"];
  type Replay = Schemas["ReplayOut"];
}
