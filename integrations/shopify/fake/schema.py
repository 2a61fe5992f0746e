"""The schema of the fake shop's GraphQL API, with the access scopes that its fields need."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, build_schema, get_named_type
from graphql.execution import default_field_resolver

from integrations.shopify.fake.paging import page_of_list

FILE = Path(__file__).with_name("schema.graphql")
# What a query may read only with the scope.
SCOPES = {
    ("QueryRoot", "order"): "read_orders", ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "ordersCount"): "read_orders", ("Order", "customer"): "read_customers",
    ("QueryRoot", "inventoryItem"): "read_inventory", ("QueryRoot", "inventoryItems"): "read_inventory",
    ("QueryRoot", "inventoryLevel"): "read_inventory", ("QueryRoot", "location"): "read_locations",
    ("QueryRoot", "locations"): "read_locations", ("QueryRoot", "productVariants"): "read_products",
}  # fmt: skip


@cache
def read_schema() -> GraphQLSchema:
    schema = build_schema(FILE.read_text())
    for named in schema.type_map.values():
        if isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
            for name, field in named.fields.items():
                if get_named_type(field.type).name.endswith("Connection"):
                    field.resolve = _page
                if (named.name, name) in SCOPES:
                    field.resolve = _guarded(field.resolve or default_field_resolver, SCOPES[named.name, name])
    return schema


def has_scope(granted: tuple[str, ...], scope: str) -> bool:
    """Whether `scope` is granted, which that to write is as well."""
    return scope in granted or scope.replace("read_", "write_") in granted


def denied(field: str, scope: str) -> GraphQLError:
    required = f"`{scope}` access scope."
    message = f"Access denied for {field} field. Required access: {required}"
    return GraphQLError(message, extensions={"code": "ACCESS_DENIED", "requiredAccess": required})


def _page(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """The page of a connection, which is a list in the node, or a page already."""
    found = default_field_resolver(source, info, **arguments)
    return page_of_list(found, arguments) if isinstance(found, list) else found


def _guarded(resolve: Callable[..., Any], scope: str) -> Callable[..., Any]:
    def guarded(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if not has_scope(info.context.grant.granted, scope):
            raise denied(info.field_name, scope)
        return resolve(source, info, **arguments)

    return guarded
