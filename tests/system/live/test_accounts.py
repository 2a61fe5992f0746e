"""Sign-up, invitations and members on a running product: mails arrive at /system/mail/, and their links work."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.stack import Stack
from tests.system.live.dashboard import Dashboard, open_socket
from tests.system.live.people import PASSWORD, bearer, cookies_of, login
from tests.waiting import HANG_SECONDS, wait_for

RIGHTS_LOST = 4403
NEW_PASSWORD = "Qx2-lantern-meadow"
_TOKEN = """
from django.contrib.auth.models import User
from accounts.models import ApiToken
token = ApiToken(user=User.objects.get(username={name!r}), name="script")
secret = token.make()
token.save()
print(secret)
"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Stack]:
    """A product of its own, which asks visitors to sign in and where everyone may sign up."""
    settings = {"INVOICEDASH_OPEN": "0", "SIGNUP_OPEN": "1", "ADMIN_PASSWORD": PASSWORD}
    with Stack(env=settings) as running:
        yield running


def open_browser(desk: Stack) -> httpx.Client:
    return httpx.Client(base_url=desk.url, timeout=HANG_SECONDS, trust_env=False)


def send_form(browser: httpx.Client, path: str, **values: str) -> httpx.Response:
    """Open the page, following redirects, and send its form."""
    page = browser.get(path, follow_redirects=True)
    assert page.status_code == 200, page.text
    form = values | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.post(page.url, data=form, headers={"Origin": str(browser.base_url).rstrip("/")})


def call(browser: httpx.Client, method: str, path: str, **body: str) -> httpx.Response:
    headers = {"Origin": str(browser.base_url).rstrip("/"), "X-CSRFToken": browser.cookies.get("csrftoken") or ""}
    return browser.request(method, f"/api{path}", json=body or None, headers=headers)


def link_in_mail(desk: Stack, to: str, subject: str) -> str:
    """The path of the link in the newest delivered mail, as an administrator reads it at /system/mail/."""
    admin = login(desk.url, "admin")

    def find() -> str | None:
        pages = re.findall(r'href="(/system/mail/\d+/)"', admin.get("/system/mail/?state=sent").text)
        texts = (html.unescape(admin.get(page).text) for page in dict.fromkeys(pages))
        return next((text for text in texts if to in text and subject in text), None)

    text = wait_for(find, f"the mail {subject!r} to {to}")
    [path] = re.findall(rf"{re.escape(desk.url)}(/accounts/\S+)", text)
    return str(path)


def sign_up(desk: Stack, address: str, name: str) -> httpx.Client:
    """A browser with the session of a new owner, who confirmed the address."""
    browser = open_browser(desk)
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    answer = send_form(browser, "/accounts/signup/", account_name=name, email=address, **passwords)
    assert answer.headers["Location"] == "/accounts/confirm-email/", answer.text
    answer = send_form(browser, link_in_mail(desk, address, "Confirm your mail address"))
    assert answer.headers["Location"] == "/stores/", answer.text
    return browser


def token_of(desk: Stack, name: str) -> str:
    return desk.manage("shell", "-v", "0", "-c", _TOKEN.format(name=name)).stdout.split()[-1]


def test_a_sign_up_confirms_by_the_link_in_the_mail_and_resets_the_password_by_another(desk: Stack) -> None:
    browser = sign_up(desk, "ann@example.com", "Ann's shops")
    account = call(browser, "GET", "/account").json()
    assert (account["slug"], account["role"]) == ("ann-s-shops", "owner")
    send_form(open_browser(desk), "/accounts/password/reset/", email="ann@example.com")
    link = link_in_mail(desk, "ann@example.com", "Set another password")
    answer = send_form(open_browser(desk), link, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    assert answer.headers["Location"] == "/accounts/password/reset/key/done/", answer.text
    assert call(browser, "GET", "/account").status_code == 401
    answer = send_form(open_browser(desk), "/login/", username="ann@example.com", password=NEW_PASSWORD)
    assert answer.status_code == 302


def test_an_invited_member_joins_and_loses_pages_calls_tokens_and_sockets_when_removed(desk: Stack) -> None:
    owner = sign_up(desk, "olga@example.com", "Olga")
    store = call(owner, "POST", "/stores", name="Nord Shop", currency="EUR").json()
    call(owner, "POST", "/account/invitations", email="max@example.com", role="viewer")
    link = link_in_mail(desk, "max@example.com", "Invitation to Olga")
    member = open_browser(desk)
    answer = send_form(member, link, username="max", password1=PASSWORD, password2=PASSWORD)
    assert answer.status_code == 302, answer.text
    headers = bearer(token_of(desk, "max"))
    followed = {"feed": store["feed"], "resumes": False}
    with (
        Dashboard(desk.ws_url, headers=cookies_of(member), **followed) as by_session,
        Dashboard(desk.ws_url, headers=headers, **followed) as by_token,
        Dashboard(desk.ws_url, headers=cookies_of(owner), **followed) as of_owner,
    ):
        assert call(member, "GET", f"/stores/{store['slug']}").status_code == 200
        members = call(owner, "GET", "/account/members").json()["items"]
        [number] = [each["id"] for each in members if each["username"] == "max"]
        assert call(owner, "DELETE", f"/account/members/{number}").status_code == 204
        assert call(member, "GET", f"/stores/{store['slug']}").status_code == 404
        assert httpx.get(f"{desk.url}/api/stores/{store['slug']}", headers=headers).status_code == 404
        wait_for(lambda: by_session.close_codes and by_token.close_codes, "the sockets to be closed")
        assert (by_session.close_codes, by_token.close_codes) == ([RIGHTS_LOST], [RIGHTS_LOST])
        assert of_owner.close_codes == []
    with pytest.raises(InvalidStatus), open_socket(desk.ws_url, headers=headers, feed=store["feed"]):
        pass


def test_a_used_invitation_says_what_to_do(desk: Stack) -> None:
    answer = open_browser(desk).get(link_in_mail(desk, "max@example.com", "Invitation to Olga"))
    assert answer.status_code == 410
    assert "It was used on" in answer.text
