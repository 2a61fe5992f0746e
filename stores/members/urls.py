"""The addresses of the pages."""

from django.urls import path

from accounts.outage import limited_page
from stores.members import views
from stores.members.signup import SignUp

urlpatterns = [
    path("accounts/signup/", limited_page(SignUp.as_view()), name="account_signup"),
    path("accounts/invitations/<str:token>/", views.show_invitation, name="invitation"),
]
