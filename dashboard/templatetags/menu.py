"""The menu entries for the base template."""

from __future__ import annotations

from django import template

from dashboard.sections import SECTIONS, MenuEntry

register = template.Library()


@register.simple_tag
def menu_entries() -> list[MenuEntry]:
    """The entries of all sections, in their order."""
    return [entry for section in SECTIONS for entry in section.menu]
