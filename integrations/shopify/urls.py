"""The address that Shopify leads owners back to. Webhooks come to another one, which Django never sees."""

from django.urls import path

from integrations.shopify import views

urlpatterns = [path("stores/connect/shopify/", views.finish_installation, name="shopify-installation")]
