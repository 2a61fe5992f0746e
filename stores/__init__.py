"""Stores: a store has a currency and a time zone, and series belong to it. Every database has the store `main`."""
