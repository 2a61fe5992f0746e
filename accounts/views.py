"""The page that a link to confirm a mail address opens. The address is confirmed by its button: programs open links too."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ConfirmEmailView
from django.http import Http404, HttpResponse


class ConfirmAddress(ConfirmEmailView):
    """A link that is wrong, used or expired is a 404 that says what to do."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(*args, **kwargs)
            return answer
        except Http404:
            self.object = None
            return self.render_to_response(self.get_context_data())

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        status = 200 if context["can_confirm"] else 404
        answer: HttpResponse = super().render_to_response(context, status=status, **options)
        return answer
