"""Files of products: what they add and change, and that a wrong line changes nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from commerce.models import Product, Variant
from commerce.product_files import BadProductFile, take_products
from commerce.products import Article, Sku, Taken, record_products
from stores.rows import rows_of_all_stores

pytestmark = pytest.mark.django_db
FILE = 'code,name,category,price\nA-1,Lamp,light,9.99\nA-2,"Chair, red",furniture,1\nA-3,Unsorted,,2\n'


def take(text: str) -> Taken:
    return take_products(1, StringIO(text, newline=""))


def stored() -> set[tuple[str, str, str]]:
    return set(rows_of_all_stores(Product).values_list("code", "name", "category"))


def test_a_file_adds_its_products() -> None:
    assert take(FILE) == Taken(added=3, changed=0, unchanged=0)
    assert stored() == {("A-1", "Lamp", "light"), ("A-2", "Chair, red", "furniture"), ("A-3", "Unsorted", "")}


def test_the_same_file_again_changes_nothing() -> None:
    take(FILE)
    before = set(rows_of_all_stores(Product).values_list("pk", "changed_at"))
    assert take(FILE) == Taken(added=0, changed=0, unchanged=3)
    assert set(rows_of_all_stores(Product).values_list("pk", "changed_at")) == before


def test_a_later_file_changes_what_differs_and_deletes_nothing() -> None:
    take(FILE)
    assert take("code,name,category\nA-1,Lamp,lamps\nB,New,x\n") == Taken(added=1, changed=1, unchanged=0)
    assert len(stored()) == 4
    assert ("A-1", "Lamp", "lamps") in stored()


def test_the_later_of_two_lines_of_a_code_counts() -> None:
    take("code,name\nA,first\nA,second\n")
    assert stored() == {("A", "second", "")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,category\nx,y\n", "'code'"),
        ("", "'code'"),
        ("code,name\nA,x\n,nameless code\n", "Line 3: the code is empty"),
        ("code,name\nA,\n", "Line 2: the name is empty"),
        (f"code,name\n{'A' * 101},x\n", "longer than 100"),
        ('code,name\nA,"x\n', "not CSV"),
    ],
)
def test_a_wrong_line_changes_nothing_and_is_named(text: str, message: str) -> None:
    with pytest.raises(BadProductFile, match=message):
        take(text)
    assert stored() == set()


def test_the_command_takes_a_file(tmp_path: Path) -> None:
    path, out = tmp_path / "products.csv", StringIO()
    path.write_text("\ufeff" + FILE)
    call_command("import_products", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"added": 3, "changed": 0, "unchanged": 0}
    with pytest.raises(CommandError, match="is not a store"):
        call_command("import_products", str(path), "--store", "nowhere")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_products", str(tmp_path / "missing.csv"))


class TestTheUploadInTheAdmin:
    def upload(self, client: Client, text: str) -> str:
        file = SimpleUploadedFile("products.csv", text.encode())
        answer = client.post("/admin/commerce/product/upload/", {"store": 1, "file": file}, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_it_takes_a_file(self, admin_client: Client) -> None:
        assert "3 products added" in self.upload(admin_client, FILE)
        assert len(stored()) == 3

    def test_it_names_a_wrong_line(self, admin_client: Client) -> None:
        assert "Line 2: the name is empty" in self.upload(admin_client, "code,name\nA,\n")
        assert stored() == set()

    def test_it_is_refused_to_a_user_who_may_not_change_products(self, client: Client) -> None:
        client.force_login(User.objects.create_user("staff", is_staff=True))
        assert client.get("/admin/commerce/product/upload/").status_code == 403


def test_a_change_in_the_admin_moves_the_time_of_change(admin_client: Client) -> None:
    take("code,name\nA,first\n")
    product = rows_of_all_stores(Product).get()
    form = {"name": "second", "category": "x"}
    assert admin_client.post(f"/admin/commerce/product/{product.pk}/change/", form).status_code == 302
    changed = rows_of_all_stores(Product).get()
    assert (changed.name, changed.category, changed.changed_at > product.changed_at) == ("second", "x", True)


def test_a_product_of_the_admin_is_found_by_its_code(admin_client: Client) -> None:
    form = {"store": 1, "code": "A", "name": "Lamp", "category": "light"}
    assert admin_client.post("/admin/commerce/product/add/", form).status_code == 302
    assert variants() == {"A": ("A", "Lamp")}
    [product] = rows_of_all_stores(Product)
    page = admin_client.get(f"/admin/commerce/product/{product.pk}/change/").content.decode()
    assert 'name="code"' not in page
    repeated = admin_client.post("/admin/commerce/product/add/", form)
    assert "already exists" in repeated.content.decode()


def variants() -> dict[str, tuple[str, str]]:
    """The product and the title of each SKU."""
    rows = rows_of_all_stores(Variant).values_list("sku", "product__code", "title")
    return {sku: (code, title) for sku, code, title in rows}


def shirt(*sizes: str, category: str = "Clothes") -> Article:
    return Article(
        code="SHIRT", name="Shirt", category=category,
        variants=tuple(Sku(sku=f"SHIRT-{size}", title=f"Shirt {size}") for size in sizes),
    )  # fmt: skip


class TestVariants:
    def test_a_simple_product_is_its_own_variant(self) -> None:
        take(FILE)
        assert variants() == {"A-1": ("A-1", "Lamp"), "A-2": ("A-2", "Chair, red"), "A-3": ("A-3", "Unsorted")}

    def test_variants_belong_to_their_product(self) -> None:
        record_products(1, [shirt("S", "L")], keep_categories=True)
        assert variants() == {"SHIRT-S": ("SHIRT", "Shirt S"), "SHIRT-L": ("SHIRT", "Shirt L")}
        assert stored() == {("SHIRT", "Shirt", "Clothes")}

    def test_a_simple_product_that_becomes_a_variant_takes_its_category_along(self) -> None:
        take("code,name,category\nSHIRT-S,Small shirt,Sale\n")
        record_products(1, [shirt("S", "L")], keep_categories=True)
        assert stored() == {("SHIRT", "Shirt", "Sale")}
        assert variants()["SHIRT-S"] == ("SHIRT", "Shirt S")

    def test_a_line_of_a_file_may_name_a_variant(self) -> None:
        record_products(1, [shirt("S", "L")], keep_categories=True)
        take("code,name,category\nSHIRT-S,Small shirt,Sale\n")
        assert stored() == {("SHIRT", "Shirt", "Sale")}
        assert variants() == {"SHIRT-S": ("SHIRT", "Small shirt"), "SHIRT-L": ("SHIRT", "Shirt L")}

    def test_a_variant_that_the_shop_has_removed_stays_for_old_invoices(self) -> None:
        record_products(1, [shirt("S", "L")], keep_categories=True)
        record_products(1, [shirt("L")], keep_categories=True)
        assert set(variants()) == {"SHIRT-S", "SHIRT-L"}
