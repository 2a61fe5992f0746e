"""The queries and mutations of the GraphQL Admin API that the product sends, with what each costs at most at first.

The cost of a query counts each object, and those of a connection as often as its page may have them. One query may cost
1,000 points, so pages are small; a larger order takes further ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

LINES, LINES_BACK = 20, 10
MORE_LINES = 50


@dataclass(frozen=True, slots=True)
class Document:
    """`points` is a first guess; answers say the cost."""

    text: str
    points: float


_MONEY = "{ shopMoney { amount } }"
# What the buyer saw as well.
_BOTH = "{ shopMoney { amount } presentmentMoney { amount currencyCode } }"
_TAXES = f"taxLines {{ rate priceSet {_MONEY} }}"
_DISCOUNTS = f"discountAllocations {{ allocatedAmountSet {_MONEY} }}"
_LINE = f"""id title name sku quantity isGiftCard originalUnitPriceSet {_MONEY} {_DISCOUNTS} {_TAXES}
    duties {{ price {_MONEY} {_TAXES} }}"""
_SHIPPING = f"id title isRemoved originalPriceSet {_MONEY} discountedPriceSet {_MONEY} {_DISCOUNTS} {_TAXES}"
_ADDRESS = "{ firstName lastName name company address1 address2 city zip province countryCodeV2 }"
_PAGE = "pageInfo { hasNextPage endCursor }"
_ORDER = f"""id name email test createdAt processedAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
    currencyCode presentmentCurrencyCode taxesIncluded taxExempt
    totalPriceSet {_BOTH} totalTipReceivedSet {_MONEY} originalTotalAdditionalFeesSet {_MONEY}
    totalCashRoundingAdjustment {{ paymentSet {_MONEY} }}
    billingAddress {_ADDRESS} shippingAddress {_ADDRESS}
    customAttributes {{ key value }} fulfillments {{ createdAt }}"""
_CUSTOMER = f"customer {{ id firstName lastName taxExempt defaultAddress {_ADDRESS} }}"
_LINE_BACK = f"quantity subtotalSet {_MONEY} totalTaxSet {_MONEY} lineItem {{ {_LINE} }}"
_REFUND = f"""id createdAt processedAt note duties {{ amountSet {_MONEY} }}
    refundLineItems(first: {LINES_BACK}) {{ nodes {{ {_LINE_BACK} }} {_PAGE} }}
    refundShippingLines(first: 5) {{
        nodes {{ subtotalAmountSet {_MONEY} taxAmountSet {_MONEY} shippingLine {{ {_SHIPPING} }} }}
    }}
    orderAdjustments(first: 5) {{ nodes {{ amountSet {_MONEY} taxAmountSet {_MONEY} }} }}
    transactions(first: 10) {{ nodes {{ kind status amountSet {_BOTH} }} }}"""

SHOP = Document("query { shop { myshopifyDomain currencyCode } currentAppInstallation { accessScopes { handle } } }", 4)
CHANGED_ORDERS = Document(
    f"""query($query: String!, $after: String) {{ orders(first: 50, after: $after, query: $query, sortKey: UPDATED_AT) {{
        nodes {{
            id updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus totalPriceSet {{ shopMoney {{ amount }} }}
            refunds {{ id }}
        }} {_PAGE} }} }}""",
    200,
)
ORDER_IDS = Document(
    f"""query($query: String!, $after: String) {{ orders(first: 250, after: $after, query: $query, sortKey: CREATED_AT) {{
        nodes {{ id createdAt }} {_PAGE} }} }}""",
    252,
)
ORDERS_COUNT = Document("query($query: String!) { ordersCount(query: $query, limit: null) { count } }", 10)


@cache
def order(*, with_customer: bool) -> Document:
    """One order with its first lines. Its customer takes the scope `read_customers`."""
    return Document(
        f"""query($id: ID!) {{ order(id: $id) {{ {_ORDER} {_CUSTOMER if with_customer else ""}
            lineItems(first: {LINES}) {{ nodes {{ {_LINE} }} {_PAGE} }}
            shippingLines(first: 5) {{ nodes {{ {_SHIPPING} }} }}
            refunds {{ {_REFUND} }} }} }}""",
        740,
    )


# The further lines of an order or of a refund.
MORE = {
    "lineItems": Document(
        f"""query($id: ID!, $after: String) {{ node(id: $id) {{ ... on Order {{
            lineItems(first: {MORE_LINES}, after: $after) {{ nodes {{ {_LINE} }} {_PAGE} }} }} }} }}""",
        700,
    ),
    "refundLineItems": Document(
        f"""query($id: ID!, $after: String) {{ node(id: $id) {{ ... on Refund {{
            refundLineItems(first: {LINES_BACK}, after: $after) {{ nodes {{ {_LINE_BACK} }} {_PAGE} }} }} }} }}""",
        300,
    ),
}


def bulk_orders(query: str, *, with_customer: bool) -> str:
    """The query of a bulk operation for orders, oldest change first.

    It takes no connection within a list, so orders with refunds are fetched for themselves.
    """
    return f"""{{ orders(query: "{query}", sortKey: UPDATED_AT) {{ edges {{ node {{ __typename {_ORDER}
        {_CUSTOMER if with_customer else ""} refunds {{ id }}
        lineItems {{ edges {{ node {{ __typename {_LINE} }} }} }}
        shippingLines {{ edges {{ node {{ __typename {_SHIPPING} }} }} }} }} }} }} }}"""


_OPERATION = "id status errorCode objectCount rootObjectCount url partialDataUrl"
BULK_RUN = Document(
    f"""mutation($query: String!) {{ bulkOperationRunQuery(query: $query, groupObjects: true) {{
        bulkOperation {{ {_OPERATION} }} userErrors {{ field message }} }} }}""",
    10,
)
BULK_OPERATION = Document(f"query($id: ID!) {{ node(id: $id) {{ ... on BulkOperation {{ {_OPERATION} }} }} }}", 1)
BULK_CANCEL = Document(
    "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id status } userErrors { field message } } }",
    10,
)
SUBSCRIPTIONS = Document(
    f"query($after: String) {{ webhookSubscriptions(first: 100, after: $after) {{ nodes {{ id topic uri }} {_PAGE} }} }}",
    102,
)
SUBSCRIBE = Document(
    """mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
        webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri, format: JSON}) {
            webhookSubscription { id } userErrors { field message } } }""",
    10,
)
UNSUBSCRIBE = Document(
    """mutation($id: ID!) {
        webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } } }""",
    10,
)
_LEVEL = """id updatedAt location { id name } quantities(names: ["available"]) { quantity }"""
_ITEM = "id sku tracked variant { displayName product { productType } }"
STOCK = Document(
    f"""query($after: String) {{ inventoryItems(first: 20, after: $after) {{ nodes {{ {_ITEM}
        inventoryLevels(first: 10) {{ nodes {{ {_LEVEL} }} {_PAGE} }} }} {_PAGE} }} }}""",
    900,
)
MORE_LEVELS = Document(
    f"""query($id: ID!, $after: String) {{ inventoryItem(id: $id) {{
        inventoryLevels(first: 100, after: $after) {{ nodes {{ {_LEVEL} }} {_PAGE} }} }} }}""",
    400,
)
STOCK_ITEM = Document(
    f"""query($id: ID!) {{ inventoryItem(id: $id) {{ {_ITEM}
        inventoryLevels(first: 100) {{ nodes {{ {_LEVEL} }} {_PAGE} }} }} }}""",
    400,
)
