"""The addresses of the pages."""

from django.urls import path

from stores.members import views

urlpatterns = [path("accounts/invitations/<str:token>/", views.show_invitation, name="invitation")]
