"""The addresses of the pages of files."""

from django.urls import path

from exports import views

urlpatterns = [path("exports/", views.show_exports, name="exports")]
