import re

from django.apps import AppConfig

from integrations.woocommerce import NAME


class WooCommerceConfig(AppConfig):
    name = "integrations.woocommerce"

    def ready(self) -> None:
        from integrations.syncing import health, shop
        from integrations.syncing.shop import Connector
        from integrations.webhooks.platforms import Platform, register
        from integrations.woocommerce.models import ConnectAttempt, Connection
        from stores.health import register_health
        from stores.parts import register_rows

        register(
            Platform(
                name=NAME,
                # An intake key. Shorter addresses, such as that of the key exchange, are Django's.
                address=re.compile(r"[A-Za-z0-9_-]{16,64}/?"),
                locate="integrations.woocommerce.incoming.locate",
                find="integrations.woocommerce.connections.find_destination",
                read="integrations.woocommerce.incoming.read",
                prepare="integrations.woocommerce.handling.prepare",
                preview="integrations.woocommerce.handling.preview",
                send_health="integrations.syncing.live.send_health",
            )
        )
        shop.register(
            Connector(
                name=NAME,
                open="integrations.woocommerce.shop.open_shop",
                keys="integrations.woocommerce.shop.keys_of",
                open_left="integrations.woocommerce.shop.open_left",
                describe="integrations.woocommerce.shop.describe",
                removal="delete them there under WooCommerce > Settings > Advanced > Webhooks.",
            )
        )
        register_rows("woocommerce-connections", ConnectAttempt, Connection)
        register_health(NAME, health.read_words)
