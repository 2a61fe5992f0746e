"""The addresses of the pages. Their names are those that the library looks for."""

from allauth.account import views as library
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts.outage import limited_page
from accounts.views import ConfirmAddress


class UserNumber(StringConverter):
    """The number of a user in base 36, small enough for PostgreSQL."""

    regex = "[0-9A-Za-z]{1,12}"


register_converter(UserNumber, "user36")
RESET = "accounts/password/reset/"

urlpatterns = [
    path("accounts/confirm-email/", limited_page(library.email_verification_sent), name="account_email_verification_sent"),
    path("accounts/confirm-email/<str:key>/", limited_page(ConfirmAddress.as_view()), name="account_confirm_email"),
    path(RESET, limited_page(library.password_reset), name="account_reset_password"),
    path(f"{RESET}done/", limited_page(library.password_reset_done), name="account_reset_password_done"),
    path(
        f"{RESET}key/done/",
        limited_page(library.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        f"{RESET}key/<user36:uidb36>-<str:key>/",
        limited_page(library.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]  # fmt: skip
