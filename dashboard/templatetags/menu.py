"""The menu entries for the base template."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.access import CONTROL, SIGNED_IN, VIEW, allows, is_open
from dashboard.sections import SECTIONS, STORES, MenuEntry
from stores.members.callers import caller_of, has_shops

register = template.Library()


@register.simple_tag(takes_context=True)
def menu_entries(context: dict[str, Any]) -> list[MenuEntry]:
    """The entries that the user may open, sorted by rank; `STORES` first for a member with shops."""
    request = context["request"]
    entries = [entry for section in SECTIONS for entry in section.menu if allows(request, _right(entry))]
    begins_with_stores = STORES in entries and has_shops(caller_of(request).roles)
    return sorted(entries, key=lambda entry: 0 if begins_with_stores and entry is STORES else entry.rank)


def _right(entry: MenuEntry) -> str:
    """The permission that opens the page of an entry."""
    if entry.for_operators:
        return CONTROL
    return SIGNED_IN if entry.for_members else VIEW


@register.simple_tag(takes_context=True)
def may_open_admin(context: dict[str, Any]) -> bool:
    """Whether the menu has the link to the admin."""
    return is_open() or bool(context["request"].user.is_staff)
