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

from commerce.models import Product
from commerce.product_files import BadProductFile, take_products
from commerce.products import Taken

pytestmark = pytest.mark.django_db
FILE = 'code,name,category,price\nA-1,Lamp,light,9.99\nA-2,"Chair, red",furniture,1\nA-3,Unsorted,,2\n'


def take(text: str) -> Taken:
    return take_products(1, StringIO(text, newline=""))


def stored() -> set[tuple[str, str, str]]:
    return set(Product.objects.values_list("code", "name", "category"))


def test_a_file_adds_its_products() -> None:
    assert take(FILE) == Taken(added=3, changed=0, unchanged=0)
    assert stored() == {("A-1", "Lamp", "light"), ("A-2", "Chair, red", "furniture"), ("A-3", "Unsorted", "")}


def test_the_same_file_again_changes_nothing() -> None:
    take(FILE)
    before = set(Product.objects.values_list("pk", "changed_at"))
    assert take(FILE) == Taken(added=0, changed=0, unchanged=3)
    assert set(Product.objects.values_list("pk", "changed_at")) == before


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
    product = Product.objects.get()
    form = {"store": 1, "code": "A", "name": "second", "category": "x"}
    assert admin_client.post(f"/admin/commerce/product/{product.pk}/change/", form).status_code == 302
    changed = Product.objects.get()
    assert (changed.name, changed.category, changed.changed_at > product.changed_at) == ("second", "x", True)
