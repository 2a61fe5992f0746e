"""The admin of the invoice store: everything can be looked up, nothing issued can be changed."""

from invoices.admin import invoices, runs, series  # noqa: F401 - registers them
