from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "integrations.webhooks"

    def ready(self) -> None:
        from integrations.webhooks import proof, sealing
        from integrations.webhooks.models import Delivery, Tally
        from invoices.proofs import register_proof
        from stores.parts import register_rows
        from stores.rotation import register_column

        register_proof(proof.STORES)
        register_proof(proof.ORPHANS)
        register_rows("deliveries", Delivery, Tally)
        register_column(sealing.COLUMN, sealing.rotate_bodies)
