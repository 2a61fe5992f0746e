"""Wiring: settings, URLs, ASGI, Celery and the beat schedule."""
