"""A fake Shopify shop for tests, demonstration and load: OAuth, the GraphQL Admin API and webhooks with their traps.

It is written after Shopify's documentation, because no Shopify server can be run here. It imports no framework.
"""
