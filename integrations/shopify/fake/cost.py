"""What a query costs in points, before it runs and after, by Shopify's documented rules.

A scalar costs nothing, an object 1, a mutation 10, and a connection 2 and each of the nodes that it may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)
from graphql.type import GraphQLNamedType, is_leaf_type

MOST_POINTS_A_QUERY = 1000
MUTATION, CONNECTION = 10, 2
# Parts of a connection, which cost nothing themselves.
_WRAPPERS = ("edges", "nodes", "node", "pageInfo")


class Pricing:
    """The cost of one document with its variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema, self._variables = schema, dict(variables)
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def requested(self, operation: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        if operation.operation is OperationType.MUTATION:
            return MUTATION * len(operation.selection_set.selections)
        return self._of(operation.selection_set, root)

    def _of(self, selection: SelectionSetNode | None, parent: GraphQLNamedType) -> int:
        found = 0
        for each in selection.selections if selection else ():
            if isinstance(each, FieldNode):
                found += self._field(each, parent)
            elif isinstance(each, InlineFragmentNode):
                found += self._of(each.selection_set, self._named(each.type_condition, parent))
            elif isinstance(each, FragmentSpreadNode):
                fragment = self._fragments[each.name.value]
                found += self._of(fragment.selection_set, self._named(fragment.type_condition, parent))
        return found

    def _field(self, field: FieldNode, parent: GraphQLNamedType) -> int:
        definition = getattr(parent, "fields", {}).get(field.name.value)
        named = get_named_type(definition.type) if definition else None
        if named is None or is_leaf_type(named) or field.name.value == "pageInfo":
            return 0
        inner = self._of(field.selection_set, named)
        if named.name.endswith("Connection"):
            return CONNECTION + self._size(field) * max(1, inner)
        if field.name.value in _WRAPPERS and isinstance(parent, GraphQLObjectType) and parent.name != "QueryRoot":
            return inner + (field.name.value != "edges")
        return (1 + inner) * (self._size(field) if field.name.value == "nodes" else 1)

    def _size(self, field: FieldNode) -> int:
        """How many nodes a connection or `nodes(ids:)` may have."""
        arguments = {
            each.name.value: value_from_ast_untyped(each.value, self._variables) for each in field.arguments or ()
        }
        return len(arguments["ids"]) if arguments.get("ids") else arguments.get("first") or arguments.get("last") or 1

    def _named(self, condition: Any, parent: GraphQLNamedType) -> GraphQLNamedType:
        return self._schema.type_map[condition.name.value] if condition else parent


def actual(data: Any, *, is_mutation: bool) -> int:
    """What an answer cost: its objects."""
    return MUTATION if is_mutation else max(1, _objects(data) - 1)


def _objects(value: Any, name: str = "") -> int:
    if isinstance(value, list):
        return sum(_objects(each, name) for each in value)
    if not isinstance(value, dict):
        return 0
    if name == "pageInfo":
        return 0
    return (name != "edges") + sum(_objects(each, key) for key, each in value.items())
