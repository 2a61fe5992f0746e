"""Orders in the admin: read, never written, without the name of the buyer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders.recording import record
from stores.queries import StoreFacts
from tests.orders.samples import BUYER, order

pytestmark = pytest.mark.django_db


def test_an_order_is_listed_and_shown_and_not_changed(store: StoreFacts) -> None:
    recorded = record(store, order(total="10.00"))
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    listed = client.get("/admin/orders/order/").content.decode()
    assert "sums-differ" in listed
    shown = client.get(f"/admin/orders/order/{recorded.order_id}/change/").content.decode()
    assert "come to 9.99; the total is 10.00" in shown
    assert BUYER.name not in listed + shown
    assert client.get("/admin/orders/order/add/").status_code == 403
