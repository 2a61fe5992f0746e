from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        from commerce import proof
        from commerce.models import Cart, Customer, Movement, Product, StockLevel, Variant
        from invoices.proofs import register_proof
        from stores.parts import register_rows

        register_rows("commerce", Movement, StockLevel, Variant, Product, Customer, Cart)
        register_proof(proof.PROOF)
