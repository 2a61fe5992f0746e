"""The addresses of the pages."""

from django.urls import path

from stores import views
from stores.members.urls import urlpatterns as members

urlpatterns = [
    path("stores/connect/", views.show_connect, name="connect-store"),
    path("account/", views.show_account, name="account"),
    *members,
]
