"""invoicedash: wiring of the apps - settings, ASGI, URLs, Celery - and the local supervisor."""
