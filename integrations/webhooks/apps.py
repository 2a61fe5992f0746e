from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "integrations.webhooks"

    def ready(self) -> None:
        from integrations.webhooks import proof
        from invoices.proofs import register_proof

        register_proof(proof.PROOF)
