"""The address that shops post keys to. Webhooks come to addresses beside it, which Django never sees."""

from django.urls import path

from integrations.woocommerce import views

urlpatterns = [path("in/woocommerce/auth/", views.take_keys, name="woocommerce-keys")]
