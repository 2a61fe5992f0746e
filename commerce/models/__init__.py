"""The tables of commerce: what is sold, how many of it are left, who buys, and carts.

A query without a store raises `ScopeError`: see `stores.rows`.
"""

from commerce.models.carts import Cart
from commerce.models.customers import Customer
from commerce.models.products import Product, Variant
from commerce.models.stock import Movement, StockLevel

__all__ = ["Cart", "Customer", "Movement", "Product", "StockLevel", "Variant"]
