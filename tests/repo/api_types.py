"""Writes the types of the API for the type check of the browser code: `python -m tests.repo.api_types`."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FILE = ROOT / "static" / "types" / "api.d.ts"
GENERATOR = ROOT / "node_modules" / ".bin" / "openapi-typescript"
HEADER = """/**
 * The shapes of the API. Written by `make api-types` from the OpenAPI document: do not edit.
 */
"""
# Texts for readers of /api/docs; types do not need them, and a new wording is not a change of a shape.
TEXTS = {"title", "description", "example", "examples"}


def make_types() -> str:
    """The text that `static/types/api.d.ts` should have."""
    with tempfile.TemporaryDirectory() as directory:
        source, target = Path(directory, "openapi.json"), Path(directory, "api.d.ts")
        source.write_text(json.dumps(_shapes()))
        # A field with a default may be left out of a request; the generator would require it.
        command = [str(GENERATOR), str(source), "--output", str(target), "--default-non-nullable", "false"]
        subprocess.run(command, check=True, capture_output=True)
        _, _, types = target.read_text().partition("*/\n")
    return HEADER + types


def _shapes() -> dict[str, Any]:
    """The OpenAPI document with its schemas only."""
    from dashboard.api.app import api

    document = api.get_openapi_schema(path_prefix="/api/")
    schemas = {name: _without_texts(schema) for name, schema in sorted(document["components"]["schemas"].items())}
    return {"openapi": document["openapi"], "info": document["info"], "paths": {}, "components": {"schemas": schemas}}


def _without_texts(schema: dict[str, Any]) -> dict[str, Any]:
    bare = {key: _inside(value) for key, value in schema.items() if key not in TEXTS}
    if "properties" in schema:
        bare["properties"] = {name: _without_texts(each) for name, each in schema["properties"].items()}
    return bare


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_texts(value)
    return [_inside(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
    django.setup()
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(make_types())
