from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "integrations.webhooks"

    def ready(self) -> None:
        from integrations.webhooks import proof, sealing, store_part
        from invoices.proofs import register_proof
        from stores.rotation import register_column

        register_proof(proof.STORES)
        register_proof(proof.ORPHANS)
        store_part.register()
        register_column(sealing.COLUMN, sealing.rotate_bodies)
