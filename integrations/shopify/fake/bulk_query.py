"""A query of a bulk operation: whether Shopify would run it, and the JSON lines that it comes to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLOutputType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    parse,
    validate,
    value_from_ast_untyped,
)

from integrations.shopify.fake.market import Json
from integrations.shopify.fake.schema import SCOPES, has_scope, read_schema

MOST_CONNECTIONS, MOST_DEPTH = 5, 2
NO_CONNECTION = "Bulk queries must contain at least one connection."
TOP_LEVEL_NODE = "Bulk queries cannot contain a top level `node` field."
TOO_DEEP = f"Bulk queries cannot contain connections with a nesting depth greater than {MOST_DEPTH}."
TOO_MANY = f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
IN_LIST = "Queries that contain a connection field within a list field are not currently supported."
ONLY_QUERIES = "Invalid operation type. Only `query` operations are supported."
BY_EDGES = "All connection fields in a bulk query must select their contents using 'edges' > 'node'."
NO_ID = "The parent 'node' field for a nested connection must select the 'id' field without an alias."


class NotABulkQuery(Exception):
    """Shopify refuses the query; the message is that of its user error."""


class BulkQuery:
    """A query that was checked."""

    def __init__(self, text: str) -> None:
        """Raises `NotABulkQuery`."""
        try:
            document = parse(text)
        except GraphQLError as error:
            raise NotABulkQuery(f"Invalid bulk query: {error.message}") from None
        # Connections need no `first` here. All other rules are those of ordinary queries.
        if errors := validate(read_schema(), document):
            raise NotABulkQuery(f"Invalid bulk query: {errors[0].message}")
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        if operation.operation is not OperationType.QUERY:
            raise NotABulkQuery(ONLY_QUERIES)
        self._root = operation.selection_set
        self._names: set[tuple[str, str]] = set()
        self._check()

    def roots(self) -> Iterator[tuple[str, Mapping[str, Any], SelectionSetNode]]:
        """Each connection at the top: its name, its arguments, and what to select of its nodes."""
        for field in self._fields(self._root):
            arguments = {each.name.value: value_from_ast_untyped(each.value) for each in field.arguments or ()}
            yield field.name.value, arguments, self._node_selection(field)

    def missing_scope(self, granted: tuple[str, ...]) -> str | None:
        """A scope that the query needs and that is not granted."""
        needed = (SCOPES[name] for name in self._names if name in SCOPES)
        return next((scope for scope in needed if not has_scope(granted, scope)), None)

    def lines(self, node: Json, selection: SelectionSetNode, parent_id: str = "") -> Iterator[bytes]:
        """The line of a node, and those of its children behind it."""
        shown, children = self._shown(node, selection, read_schema().type_map[node["__typename"]])
        yield (
            json.dumps(shown | ({"__parentId": parent_id} if parent_id else {}), separators=(",", ":")).encode() + b"\n"
        )
        for child, inner in children:
            yield from self.lines(child, inner, node["id"])

    def _shown(self, node: Json, selection: SelectionSetNode, named: GraphQLNamedType) -> tuple[Json, list[Any]]:
        """What is selected of a node, without its connections; and their nodes with what is selected of them."""
        shown: Json = {}
        children: list[Any] = []
        for field in self._fields(selection, node.get("__typename")):
            name, key = field.name.value, (field.alias or field.name).value
            value = node.get(name)
            if field.selection_set is None or value is None:
                shown[key] = value
            elif _is_connection(kind := _type_of(named, name)):
                inner = self._node_selection(field)
                children += [(child, inner) for child in value]
            else:
                shown[key] = self._value(value, field.selection_set, get_named_type(kind))
        return shown, children

    def _value(self, value: Any, selection: SelectionSetNode, named: GraphQLNamedType) -> Any:
        if isinstance(value, list):
            return [self._value(each, selection, named) for each in value]
        return self._shown(value, selection, named)[0]

    def _fields(self, selection: SelectionSetNode | None, kind: str | None = None) -> Iterable[FieldNode]:
        """The fields that are selected, also by fragments that apply to an object of this kind."""
        for each in selection.selections if selection else ():
            if isinstance(each, FieldNode):
                yield each
                continue
            fragment = self._fragments[each.name.value] if isinstance(each, FragmentSpreadNode) else each
            assert isinstance(fragment, FragmentDefinitionNode | InlineFragmentNode)
            condition = fragment.type_condition
            if kind is None or condition is None or condition.name.value in (kind, "Node"):
                yield from self._fields(fragment.selection_set, kind)

    def _node_selection(self, field: FieldNode) -> SelectionSetNode:
        edges = self._inside(field.selection_set, "edges")
        node = self._inside(edges, "node")
        if node is None:
            raise NotABulkQuery(BY_EDGES)
        return node

    def _inside(self, selection: SelectionSetNode | None, name: str) -> SelectionSetNode | None:
        return next((each.selection_set for each in self._fields(selection) if each.name.value == name), None)

    def _check(self) -> None:
        if any(field.name.value in ("node", "nodes") for field in self._fields(self._root)):
            raise NotABulkQuery(TOP_LEVEL_NODE)
        count = self._count(self._root, read_schema().type_map["QueryRoot"], depth=0, is_in_list=False)
        if count == 0:
            raise NotABulkQuery(NO_CONNECTION)
        if count > MOST_CONNECTIONS:
            raise NotABulkQuery(TOO_MANY)

    def _count(self, selection: SelectionSetNode, named: GraphQLNamedType, *, depth: int, is_in_list: bool) -> int:
        """The connections below, each checked."""
        count = 0
        for field in self._fields(selection):
            self._names.add((named.name, field.name.value))
            if field.selection_set is None:
                continue
            kind = _type_of(named, field.name.value)
            if _is_connection(kind):
                count += 1 + self._connection(field, kind, selection, depth=depth + 1, is_in_list=is_in_list)
            else:
                is_list = is_in_list or is_list_type(get_nullable_type(kind))
                count += self._count(field.selection_set, get_named_type(kind), depth=depth, is_in_list=is_list)
        return count

    def _connection(
        self, field: FieldNode, kind: GraphQLOutputType, beside: SelectionSetNode, *, depth: int, is_in_list: bool
    ) -> int:  # fmt: skip
        if is_in_list:
            raise NotABulkQuery(IN_LIST)
        if depth > MOST_DEPTH:
            raise NotABulkQuery(TOO_DEEP)
        if depth > 1 and not any(each.name.value == "id" and not each.alias for each in self._fields(beside)):
            raise NotABulkQuery(NO_ID)
        node = _type_of(get_named_type(_type_of(get_named_type(kind), "edges")), "node")
        return self._count(self._node_selection(field), get_named_type(node), depth=depth, is_in_list=False)


def _type_of(named: GraphQLNamedType, field: str) -> GraphQLOutputType:
    found: GraphQLOutputType = getattr(named, "fields")[field].type  # noqa: B009
    return found


def _is_connection(kind: GraphQLOutputType) -> bool:
    return get_named_type(kind).name.endswith("Connection")
