"""The addresses of the pages."""

from django.urls import path

from dashboard import views
from dashboard.stores.page import show_store
from dashboard.stores.views import show_stores
from stores import converters  # noqa: F401 - registers <store:slug>

urlpatterns = [
    path("", views.show_home, name="dashboard"),
    path("stores/", show_stores, name="stores"),
    path("stores/<store:slug>/", show_store, name="store"),
    path("wall/", views.show_wall, name="wall"),
    path("system/", views.show_system, name="system"),
    path("login/", views.SignIn.as_view(), name="login"),
    # The name that the library for sign-up looks for.
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
]
