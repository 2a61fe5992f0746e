"""The HTTP toolkit: permission checks, strict JSON, problem documents. It imports `runtime` alone."""
