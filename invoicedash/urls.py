"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from dashboard.api import api
from dashboard.health import healthz, metrics, readyz
from dashboard.sections import SECTIONS

urlpatterns = [
    path("api/", api.urls),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    *(path("", include(section.urls)) for section in SECTIONS if section.urls),
]

handler500 = "web.problems.server_error"
handler403 = "web.problems.permission_denied"
