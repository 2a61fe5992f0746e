"""Creates users with their groups, passwords and tokens; `manage.py shell -c` runs this on a closed product."""

from __future__ import annotations

import json

import httpx

from tests.system.live.product import Json, Product
from tests.waiting import HANG_SECONDS

Headers = dict[str, str]

PASSWORD = "correct horse battery staple"
_MAKE = """
import json
from django.contrib.auth.models import Group, User
from accounts.models import ApiToken

def make(name, group):
    user = User.objects.create_user(name, password={password!r})
    if group:
        user.groups.add(Group.objects.get(name=group))
    token = ApiToken(user=user, name=name)
    secret = token.make()
    token.save()
    return secret

print(json.dumps({{name: make(name, group) for name, group in {people!r}.items()}}))
"""


def make_people(product: Product, people: dict[str, str | None]) -> dict[str, str]:
    """Create users, each in a group or in none; returns their tokens."""
    done = product.stack.manage("shell", "-v", "0", "-c", _MAKE.format(password=PASSWORD, people=people))
    assert done.returncode == 0, done.stderr
    tokens: Json = json.loads(done.stdout.splitlines()[-1])
    return tokens


def login(url: str, name: str) -> httpx.Client:
    """A browser with that person's session."""
    browser = httpx.Client(base_url=url, follow_redirects=False, timeout=HANG_SECONDS, trust_env=False)
    browser.get("/login/")
    form = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    answer = browser.post("/login/", data=form, headers={"Origin": url})
    assert answer.status_code == 302, answer.text
    return browser


def log_out(browser: httpx.Client, url: str) -> None:
    answer = browser.post("/logout/", headers={"Origin": url, "X-CSRFToken": browser.cookies["csrftoken"]})
    assert answer.status_code == 302, answer.text


def cookies_of(browser: httpx.Client) -> Headers:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}
