"""The HTTP toolkit: permission checks, strict JSON, problem documents, OpenAPI."""
