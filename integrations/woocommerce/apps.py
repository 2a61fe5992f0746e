import re

from django.apps import AppConfig

from integrations.woocommerce import NAME


class WooCommerceConfig(AppConfig):
    name = "integrations.woocommerce"

    def ready(self) -> None:
        from integrations.webhooks.platforms import Platform, register
        from integrations.woocommerce import health, store_part
        from jobs.registry import register as register_job
        from stores.health import register_health

        register(
            Platform(
                name=NAME,
                # An intake key. Shorter addresses, such as that of the key exchange, are Django's.
                address=re.compile(r"[A-Za-z0-9_-]{16,64}/?"),
                find="integrations.woocommerce.connections.find_destination",
                read="integrations.woocommerce.incoming.read",
                prepare="integrations.woocommerce.handling.prepare",
                preview="integrations.woocommerce.handling.preview",
                send_health="integrations.woocommerce.live.send_health",
            )
        )
        store_part.register()
        register_job("woocommerce-history", "integrations.woocommerce.history.fetch_history")
        register_job("woocommerce-ids", "integrations.woocommerce.idscheck.compare_ids")
        register_job("woocommerce-stock", "integrations.woocommerce.stock.read_stock")
        register_health(NAME, health.read_words)
        register_job("woocommerce-poll", "integrations.woocommerce.history.poll_now", queue="quick")
