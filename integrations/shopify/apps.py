import re

from django.apps import AppConfig

from integrations.shopify import NAME


class ShopifyConfig(AppConfig):
    name = "integrations.shopify"

    def ready(self) -> None:
        from integrations.shopify.models import ConnectAttempt, Connection, FinishedOperation, StockItem
        from integrations.syncing import health, shop
        from integrations.syncing.shop import Connector
        from integrations.webhooks.platforms import Platform, register
        from stores.health import register_health
        from stores.parts import register_rows

        register(
            Platform(
                name=NAME,
                # One address for all shops.
                address=re.compile(r""),
                locate="integrations.shopify.incoming.locate",
                find="integrations.shopify.connections.find_destination",
                read="integrations.shopify.incoming.read",
                prepare="integrations.shopify.handling.prepare",
                preview="integrations.shopify.handling.preview",
                send_health="integrations.syncing.live.send_health",
            )
        )
        shop.register(
            Connector(
                name=NAME,
                open="integrations.shopify.shop.open_shop",
                keys="integrations.shopify.shop.keys_of",
                open_left="integrations.shopify.shop.open_left",
                describe="integrations.shopify.connections.describe",
                removal="remove the app there under Settings > Apps.",
            )
        )
        register_rows("shopify-connections", FinishedOperation, StockItem, ConnectAttempt, Connection)
        register_health(NAME, health.read_words)
