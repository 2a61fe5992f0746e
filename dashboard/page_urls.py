"""The addresses of the pages."""

from django.urls import path

from dashboard import views
from dashboard.stores.views import show_stores

urlpatterns = [
    path("", views.show_home, name="dashboard"),
    path("stores/", show_stores, name="stores"),
    path("wall/", views.show_wall, name="wall"),
    path("system/", views.show_system, name="system"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
]
