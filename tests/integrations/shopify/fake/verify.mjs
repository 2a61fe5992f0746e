// Verifies webhooks and OAuth redirects by Shopify's own library, which is read from the node_modules of the working directory.
// Reads a list of checks as JSON from the standard input; writes the list of its verdicts.

import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const require = createRequire(join(process.cwd(), "package.json"));
require("@shopify/shopify-api/adapters/node");
const { LogSeverity, shopifyApi } = require("@shopify/shopify-api");

const { app, checks } = JSON.parse(await text(process.stdin));
const shopify = shopifyApi({
  apiKey: app.client_id,
  apiSecretKey: app.secret,
  apiVersion: app.api_version,
  scopes: ["read_orders"],
  hostName: "desk.test",
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});

async function verdictOf({ query, headers, body }) {
  if (query) {
    // The library refuses redirects of more than 90 seconds ago. What is checked here is the signature.
    Date.now = () => Number(query.timestamp) * 1000;
    return shopify.utils.validateHmac(query);
  }
  const rawRequest = { headers, method: "POST", url: "/in/shopify/" };
  return shopify.webhooks.validate({ rawBody: Buffer.from(body, "base64").toString(), rawRequest });
}

const verdicts = [];
for (const check of checks) {
  verdicts.push(await verdictOf(check));
}
process.stdout.write(JSON.stringify(verdicts));
