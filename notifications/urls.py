"""The addresses of the pages."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from notifications import views


class SmallNumber(IntConverter):
    """A number that PostgreSQL can store."""

    regex = "[0-9]{1,18}"


register_converter(SmallNumber, "notification")

urlpatterns = [
    path("system/mail/", views.show_mail, name="mail"),
    path("system/mail/<notification:notification_id>/", views.show_message, name="mail-message"),
]
