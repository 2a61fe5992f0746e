"""The addresses of the pages."""

from django.urls import path

from dashboard import views

urlpatterns = [
    path("", views.show_dashboard, name="dashboard"),
    path("wall/", views.show_wall, name="wall"),
    path("system/", views.show_system, name="system"),
    path("login/", views.SignIn.as_view(), name="login"),
    # The name that the library for sign-up looks for.
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
]
