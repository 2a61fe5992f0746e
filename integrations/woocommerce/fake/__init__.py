"""A fake WooCommerce shop for tests, demonstration and load: REST v3, key exchange and webhooks with their traps.

It is true to what WooCommerce 11.0.1 did, where that differs from its documentation. It imports no framework.
"""
