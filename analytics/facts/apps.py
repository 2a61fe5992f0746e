from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FactsConfig(AppConfig):
    name = "analytics.facts"
    label = "facts"

    def ready(self) -> None:
        from analytics.facts import generations, proof
        from invoices.proofs import register_proof

        register_proof(proof.PROOF)
        post_migrate.connect(generations.ensure_generation, sender=self)
