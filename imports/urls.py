"""The addresses of the pages."""

from django.urls import path

from imports import views

urlpatterns = [path("imports/", views.show_imports, name="imports")]
