"""The HTTP API of invoices: schemas and routers."""
