"""The formats of tables, by their names. A new format of tables is a module with a `Table` and one line here.

A format of another kind has a reader of its own in `imports.reading.readers`.
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.reading import any_table, invoices_csv, online_retail
from imports.reading.mappings import ColumnMapping
from imports.reading.options import Format, Options
from imports.reading.shops import paypal, shopify, stripe, woocommerce
from imports.reading.tables import Table

TABLES: dict[Format, Table] = {
    Format.ONLINE_RETAIL: Table(
        key=online_retail.KEY,
        signs=(frozenset(online_retail.COLUMNS),),
        needed=online_retail.COLUMNS,
        known=frozenset(online_retail.COLUMNS),
        parse=online_retail.parse,
        numbers=frozenset({"Quantity", "UnitPrice"}),
        dates=frozenset({"InvoiceDate"}),
    ),
    Format.INVOICES_CSV: Table(
        key=invoices_csv.KEY,
        signs=(frozenset(invoices_csv.REQUIRED),),
        needed=invoices_csv.REQUIRED,
        known=frozenset((*invoices_csv.COLUMNS, *invoices_csv.NOT_READ)),
        parse=invoices_csv.parse,
        numbers=invoices_csv.NUMBERS,
        rates=invoices_csv.RATES,
        dates=invoices_csv.DATES,
    ),
    Format.SHOPIFY: shopify.TABLE,
    Format.WOOCOMMERCE: woocommerce.TABLE,
    Format.STRIPE: stripe.TABLE,
    Format.PAYPAL: paypal.TABLE,
}


def table_of(options: Options) -> Table:
    """The table of the options' format."""
    if options.format == Format.TABLE:
        return any_table.table_of(options.mapping or ColumnMapping())
    return TABLES[options.format or Format.INVOICES_CSV]


def recognize(header: Sequence[str]) -> Format | None:
    """The format of a table with these columns; None where no format has them."""
    for form, table in TABLES.items():
        names = {table.aliases.get(name, name) for name in header}
        if any(signs <= names for signs in table.signs):
            return form
    return None
