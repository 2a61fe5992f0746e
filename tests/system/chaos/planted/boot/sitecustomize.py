"""Run by Python in every process of a product under test that has this directory on its path: plants a bug there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

REGISTRY = "django.apps.registry"


class AfterSetup(MetaPathFinder):
    """Waits for Django's registry of apps to be imported, to get a call when it is ready."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != REGISTRY:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            setattr(spec.loader, "exec_module", _then_plant(spec.loader.exec_module))  # noqa: B010
        return spec


def _then_plant(load: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def exec_module(module: ModuleType) -> None:
        load(module)
        populate = module.Apps.populate

        def populate_then_plant(apps: Any, installed_apps: Any = None) -> None:
            was_ready = apps.ready
            populate(apps, installed_apps)
            if apps.ready and not was_ready:
                from tests.system.chaos.planted import bugs

                bugs.plant(os.environ["CHAOS_BUG"])

        module.Apps.populate = populate_then_plant

    return exec_module


if "CHAOS_BUG" in os.environ:
    sys.meta_path.insert(0, AfterSetup())
