from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        from commerce import proof, store_part
        from invoices.proofs import register_proof

        store_part.register()
        register_proof(proof.PROOF)
