"""The buyers of a fake shop, all invented."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.shopify.fake.market import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Buyer:
    """`vat_id` is kept in a note of the order, because Shopify has no field for it."""

    id: int
    first_name: str
    last_name: str
    email: str
    street: str
    city: str
    zip: str
    country: str
    country_code: str
    company: str | None = None
    vat_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def address_body(self) -> Json:
        return {
            "first_name": self.first_name, "last_name": self.last_name, "name": self.name, "company": self.company,
            "address1": self.street, "address2": None, "city": self.city, "zip": self.zip, "province": None,
            "province_code": None, "country": self.country, "country_code": self.country_code, "phone": None,
            "latitude": None, "longitude": None,
        }  # fmt: skip

    def customer_body(self, currency: str) -> Json:
        return {
            "id": self.id, "email": self.email, "first_name": self.first_name, "last_name": self.last_name,
            "state": "disabled", "verified_email": True, "tax_exempt": False, "currency": currency,
            "admin_graphql_api_id": f"gid://shopify/Customer/{self.id}",
        }  # fmt: skip

    def address_node(self) -> Json:
        return {
            "__typename": "MailingAddress", "id": f"gid://shopify/MailingAddress/{self.id}?model_name=Address",
            "firstName": self.first_name, "lastName": self.last_name, "name": self.name, "company": self.company,
            "address1": self.street, "address2": None, "city": self.city, "zip": self.zip, "province": None,
            "provinceCode": None, "country": self.country, "countryCodeV2": self.country_code, "phone": None,
        }  # fmt: skip

    def customer_node(self) -> Json:
        return {
            "__typename": "Customer", "id": f"gid://shopify/Customer/{self.id}", "legacyResourceId": str(self.id),
            "displayName": self.name, "firstName": self.first_name, "lastName": self.last_name, "email": self.email,
            "defaultEmailAddress": {"emailAddress": self.email}, "phone": None, "taxExempt": False,
            "defaultAddress": self.address_node(),
        }  # fmt: skip

    def notes(self) -> list[tuple[str, str]]:
        return [("vat_number", self.vat_id)] if self.vat_id else []


ERIKA = Buyer(
    id=7001, first_name="Erika", last_name="Musterfrau", email="erika@example.com", street="Beispielweg 1",
    city="Berlin", zip="10115", country="Germany", country_code="DE",
)  # fmt: skip
ACME = Buyer(
    id=7002, first_name="Ada", last_name="Muster", email="ada@example.com", street="Musterstr. 2", city="Hamburg",
    zip="20095", country="Germany", country_code="DE", company="Muster Handel GmbH", vat_id="DE136695976",
)  # fmt: skip
JEAN = Buyer(
    id=7003, first_name="Jean", last_name="Exemple", email="jean@example.com", street="1 rue de l'Exemple",
    city="Québec", zip="G1A 0A2", country="Canada", country_code="CA",
)  # fmt: skip
BUYERS = (ERIKA, ACME, JEAN)
