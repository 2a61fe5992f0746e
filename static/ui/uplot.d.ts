/** uPlot comes as a classic script, which leaves its class in a global. */
import UPlot from "uplot";

declare global {
  const uPlot: typeof UPlot;
  type uPlot = UPlot;
  namespace uPlot {
    type Options = UPlot.Options;
  }
}
