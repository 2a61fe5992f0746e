"""Staff with different rights, and a store with invoices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from invoices.issue import Issued, issue
from invoices.models import Series
from invoices.series import current_test_series
from tests.invoices.samples import draft

SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A client of a staff member who is in the group of that name; `superuser` may do everything."""

    def make(role: str) -> Client:
        user = User.objects.create_user(role, is_staff=True)
        if role == "superuser":
            user.is_superuser = True
            user.save()
        else:
            user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def superuser(sign_in: SignIn) -> Client:
    return sign_in("superuser")


@pytest.fixture
def viewer(sign_in: SignIn) -> Client:
    return sign_in("viewer")


@pytest.fixture
def operator(sign_in: SignIn) -> Client:
    return sign_in("operator")


@pytest.fixture
def store(db: None) -> Issued:
    """Five invoices on demo, in two currencies, and one on live."""
    live = Series.objects.get(prefix="INV")
    issue(series_id=live.pk, drafts=[draft("999.00", seller_name="Real Goods Ltd", currency="EUR")])
    return issue(
        series_id=current_test_series().pk,
        drafts=[
            draft("10.00", seller_name="Alpha & Söhne GmbH", buyer_name="Borealis [Nord] Inc"),
            draft("20.00", seller_name="Beta LLC", buyer_name="=HYPERLINK(1)"),
            draft("30.00", seller_name="Gamma 50% Ltd", buyer_name="Delta-Alpha PLC"),
            draft("40.00", currency="EUR", seller_name="Alphabet", buyer_name="X_Y"),
            draft("50.00", currency="EUR", seller_name="Omega", buyer_name="@cmd"),
        ],
    )
