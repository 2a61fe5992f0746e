"""The addresses of the pages of figures."""

from django.urls import path

from analytics.metrics import views

urlpatterns = [path("analytics/", views.show_revenue, name="revenue")]
