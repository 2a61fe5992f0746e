"""The addresses of the pages of deliveries."""

from django.urls import path

from integrations.webhooks import views
from stores import converters  # noqa: F401 - registers <store:slug>

urlpatterns = [path("stores/<store:slug>/inbox/", views.show_inbox, name="inbox")]
