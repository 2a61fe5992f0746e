from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from invoices.proofs import register_proof
        from orders import proof, store_part

        register_proof(proof.PROOF)
        store_part.register()
