"""Shopify: installation of the app, webhooks, the GraphQL Admin API, and its orders as snapshots."""

NAME = "shopify"
