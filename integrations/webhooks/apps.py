from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "integrations.webhooks"

    def ready(self) -> None:
        from integrations.webhooks import proof, store_part
        from invoices.proofs import register_proof

        register_proof(proof.STORES)
        register_proof(proof.ORPHANS)
        store_part.register()
