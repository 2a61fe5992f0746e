"""The GraphQL Admin API of a fake shop: a query is checked against the schema, priced, and answered or throttled."""

from __future__ import annotations

import json

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    validate,
)
from graphql.utilities import get_operation_ast

from integrations.fakes.server import Reply
from integrations.shopify.fake.cost import MOST_POINTS_A_QUERY, Pricing, actual
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.mutations import mutations
from integrations.shopify.fake.queries import queries
from integrations.shopify.fake.schema import read_schema
from integrations.shopify.fake.shop import FakeShopify

THROTTLED = {
    "message": "Throttled",
    "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
}
NO_OPERATION = {"message": "An operation name is required"}
NO_TOKEN = Reply(401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})


def answer(shop: FakeShopify, body: bytes, token: str, *, is_throttled: bool = False) -> Reply:
    """The answer to `POST /admin/api/VERSION/graphql.json`. `is_throttled`: refused, however many points are left."""
    if not shop.grant.is_valid(token):
        return NO_TOKEN
    read = _read(body)
    if isinstance(read, Reply):
        return read
    asked, document, operation = read
    requested = Pricing(read_schema(), document, asked.get("variables") or {}).requested(operation)
    if requested > MOST_POINTS_A_QUERY:
        return Reply(200, {"errors": [_too_expensive(requested)]})
    if is_throttled or not shop.bucket.take(requested):
        return Reply(200, {"errors": [THROTTLED], "extensions": {"cost": shop.bucket.cost(requested, None)}})
    return _run(shop, document, operation, asked, requested)


def _read(body: bytes) -> tuple[Json, DocumentNode, OperationDefinitionNode] | Reply:
    """The request with its document and the operation to run, or why it is refused."""
    try:
        asked = json.loads(body)
        document = parse(asked["query"])
    except (ValueError, KeyError, TypeError) as error:
        return Reply(400, {"errors": {"query": f"Required parameter missing or invalid: {error}"}})
    except GraphQLError as error:
        return Reply(200, {"errors": [error.formatted]})
    if errors := validate(read_schema(), document):
        return Reply(200, {"errors": [each.formatted for each in errors]})
    operation = get_operation_ast(document, asked.get("operationName"))
    return (asked, document, operation) if operation else Reply(200, {"errors": [NO_OPERATION]})


def _run(
    shop: FakeShopify, document: DocumentNode, operation: OperationDefinitionNode, asked: Json, requested: int
) -> Reply:  # fmt: skip
    is_mutation = operation.operation is OperationType.MUTATION
    with shop.lock:
        result = execute_sync(
            read_schema(), document, mutations(shop) if is_mutation else queries(shop), shop,
            variable_values=asked.get("variables") or {}, operation_name=asked.get("operationName"),
        )  # fmt: skip
    used = min(requested, actual(result.data, is_mutation=is_mutation))
    shop.bucket.give_back(requested - used)
    return Reply(200, _content(result) | {"extensions": {"cost": shop.bucket.cost(requested, used)}})


def _content(result: ExecutionResult) -> Json:
    found: Json = {"data": result.data}
    return found | ({"errors": [each.formatted for each in result.errors]} if result.errors else {})


def _too_expensive(requested: int) -> Json:
    message = f"Query cost is {requested}, which exceeds the single query max cost limit ({MOST_POINTS_A_QUERY})."
    return {
        "message": message,
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MOST_POINTS_A_QUERY},
    }
