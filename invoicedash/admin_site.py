"""The admin site, with the live state on its first page."""

from django.contrib.admin.apps import AdminConfig


class InvoicedashAdminConfig(AdminConfig):
    default_site = "dashboard.admin_site.InvoicedashAdminSite"
