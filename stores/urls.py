"""The addresses of the pages."""

from django.urls import path

from stores import converters, views  # noqa: F401 - registers <store:slug>
from stores.members.urls import urlpatterns as members

urlpatterns = [
    path("stores/connect/", views.show_connect, name="connect-store"),
    path("stores/<store:slug>/letterhead/", views.show_letterhead, name="letterhead"),
    path("account/", views.show_account, name="account"),
    *members,
]
