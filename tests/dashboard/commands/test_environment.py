"""Every environment variable: which values are accepted, and the sentence that rejects other values."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from runtime.environment import BASE_DIR, BadSetting, Environment, read
from runtime.mail_url import parse_mail_url

HUGE = "9" * 5000
NUMBERS = ["", "five", "-1", "+5", "1e3", "0x10", "NaN", "Infinity", "٣", "1,5", "1_0", "5 5", HUGE]
FLAGS = ["2", "maybe", "-1", "01", HUGE]
# 32 zero bytes in base64.
KEY = "A" * 43 + "="
BAD = {
    "PORT": [*NUMBERS[1:], "0", "65536", "80.0"],
    "FLOWER_PORT": [*NUMBERS[1:], "0", "65536", "80.0"],
    "FLOWER_PASSWORD": [" ", "\t"],
    "ADMIN_PASSWORD": ["  "],
    "SECRET_KEY": [" \n "],
    "PUBLIC_URL": ["desk.example.com", "https://desk.example.com/x", "ftp://desk", "https://u:p@desk", "http://", "*"],
    "STORES_ENCRYPTION_KEYS": ["k1", "k1:short", f"k 1:{KEY}", f"k1:{KEY},", f"k1:{KEY},k2", f"k1:{KEY};k2:{KEY}"],
    "INVOICEDASH_DATA_DIR": ["a\nb", "~nobody-of-that-name/data"],
    "DATABASE_URL": [
        "mysql://h/x",
        "sqlite:///x",
        "localhost:5432",
        "postgresql://u:%zz@h/x",
        "postgresql://h:notaport/x",
        "postgresql://h/x?nonsense=1",
        "postgresql://[::1/x",
    ],
    "REDIS_URL": ["http://h", "h:6379", "redis://h:notaport/0", "rediss://h:99999/0", "unix:/x"],
    "DEBUG": FLAGS,
    "INVOICEDASH_OPEN": FLAGS,
    "INVOICEDASH_HTTPS": FLAGS,
    "ALLOWED_HOSTS": ["*", "https://a.example", "a.example/x", "a b", "a.example:80", "a.example,*", "-"],
    "CSRF_TRUSTED_ORIGINS": ["a.example", "https://*.a.example", "https://a.example/", "ftp://a", "https://", "null"],
    "CORS_ALLOWED_ORIGINS": ["*", "a.example", "https://a.example/x", "https://u@a.example"],
    "TRUSTED_PROXIES": ["nginx", "10.0.0.0/33", "10.0.0.1:80", "*", "::1/200"],
    "LOGIN_ATTEMPTS": [*NUMBERS[1:], "0", "1001"],
    "LOGIN_LOCKOUT_MINUTES": [*NUMBERS[1:], "0", "10081"],
    "STOP_NOTICE": [*NUMBERS[1:], "-1", "301"],
    "WEB_SERVER": ["gunicorn", "Daphne", HUGE],
    "INVOICEDASH_FEED": ["Demo", "nope", "demo,live"],
    "INVOICEDASH_CURRENCY": ["sar", "JPY", "KWD", "XAU", "EURO", "E"],
    "INVOICEDASH_VAT_RATE": [*NUMBERS[1:], "15%", "1.1", "15", "0.12345", ".15"],
    "GENERATION_RATE": [*NUMBERS[1:], "0", "0.09", "10000.1", "0.1234567"],
    "GENERATION_DURATION": [*NUMBERS[1:], "0", "86401", "1.5"],
    "DISPLAY_RATE": [*NUMBERS[1:], "0", "0.05", "1000.1"],
    "QUARANTINE_PER_FILE": [*NUMBERS[1:], "0", "1000001", "1.5"],
    "EINVOICE_RULES_DIR": ["/nonexistent/rules", "README.md"],
    "EMAIL_URL": [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example/path",
        "smtp://user@mail.example",
        "smtp://u:p@mail.example:port",
        "file:/var/mail",
        "smtp://[::1",
    ],
    "INTAKE_MAX_BODY": [*NUMBERS[1:], "0", "1023", "67108865"],
    "INTAKE_KEEP_DAYS": [*NUMBERS[1:], "0", "3651"],
    "RECONCILE_SECONDS": [*NUMBERS[1:], "9", "86401"],
    "SHOPIFY_CLIENT_ID": ["only the id", "an id"],
    "SHOPIFY_CLIENT_SECRET": ["secret-without-an-id"],
    "SHOPIFY_API_VERSION": ["2026", "2026-11", "latest"],
    "SHOPIFY_SCOPES": ["read orders", "read_orders;read_products", ","],
    "SHOPIFY_BASE_URL": ["shop.example", "https://{shop}/admin", "https://{domain}", "ftp://{shop}"],
    "EMAIL_FROM": ["shop", "shop@", "a b@example.com", "Shop <shop>", "Shop <a@b> x"],
}
GOOD: dict[str, dict[str, Any]] = {
    "port": {"PORT": ("80", 80)},
    "trusted_proxies": {"TRUSTED_PROXIES": ("10.0.0.5/8, ::1", (ip_network("10.0.0.0/8"), ip_network("::1")))},
    "login_attempts": {"LOGIN_ATTEMPTS": ("1000", 1000)},
    "login_lockout_minutes": {"LOGIN_LOCKOUT_MINUTES": ("1", 1)},
    "stop_notice": {"STOP_NOTICE": ("0", 0)},
    "web_server": {"WEB_SERVER": ("uvicorn", "uvicorn")},
    "debug": {"DEBUG": ("true", True)},
    "feed": {"INVOICEDASH_FEED": ("live", "live")},
    "currency": {"INVOICEDASH_CURRENCY": ("EUR", "EUR")},
    "vat_rate": {"INVOICEDASH_VAT_RATE": ("0", Decimal(0))},
    "generation_rate": {"GENERATION_RATE": ("0.1", Decimal("0.1"))},
    "generation_duration": {"GENERATION_DURATION": ("86400", 86400)},
    "quarantine_per_file": {"QUARANTINE_PER_FILE": ("20000", 20000)},
    "einvoice_rules_dir": {"EINVOICE_RULES_DIR": ("docs", BASE_DIR / "docs")},
    "display_rate": {"DISPLAY_RATE": ("1000", Decimal(1000))},
    "redis_url": {"REDIS_URL": ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1")},
    "database_url": {"DATABASE_URL": ("postgres://u:p%40ss@[::1]:5433/x?sslmode=require",) * 2},
    "ingest_backlog": {"INGEST_BACKLOG": ("1000", 1000)},
    "analytics_database_url": {"ANALYTICS_DATABASE_URL": ("postgresql://u@replica/x",) * 2},
    "allowed_hosts": {"ALLOWED_HOSTS": ("A.example, .b.example,[::1]", ("a.example", ".b.example", "[::1]"))},
    "cors_allowed_origins": {"CORS_ALLOWED_ORIGINS": ("https://a.example:8443", ("https://a.example:8443",))},
    "timezone": {"INVOICEDASH_TIMEZONE": ("Europe/Berlin", "Europe/Berlin")},
    "email_server": {"EMAIL_URL": ("smtp://u:p%40ss@mail.example", parse_mail_url("smtp://u:p%40ss@mail.example:587"))},
    "email_from": {"EMAIL_FROM": ("Shop <shop@example.com>",) * 2},
    "intake_max_body": {"INTAKE_MAX_BODY": ("1024", 1024)},
    "intake_keep_days": {"INTAKE_KEEP_DAYS": ("7", 7)},
    "intake_allow_private": {"INTAKE_ALLOW_PRIVATE": ("1", True)},
    "reconcile_seconds": {"RECONCILE_SECONDS": ("60", 60)},
    "shopify_api_version": {"SHOPIFY_API_VERSION": ("2027-01", "2027-01")},
    "shopify_scopes": {"SHOPIFY_SCOPES": ("read_orders, read_all_orders", ("read_orders", "read_all_orders"))},
    "shopify_base_url": {"SHOPIFY_BASE_URL": ("http://127.0.0.1:9000",) * 2},
    "secret_key": {"SECRET_KEY": ("s3cret", "s3cret")},
    "public_url": {"PUBLIC_URL": ("https://desk.example.com:8443/", "https://desk.example.com:8443")},
    "signup_open": {"SIGNUP_OPEN": ("1", True)},
    "store_keys": {"STORES_ENCRYPTION_KEYS": (f"new:{KEY},old:{KEY}",) * 2},
}


def refusal(**environ: str) -> str:
    """The sentence that refuses this environment."""
    with pytest.raises(BadSetting) as caught:
        read({"INVOICEDASH_DATA_DIR": "/nonexistent", **environ})
    return str(caught.value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_value_is_refused_in_one_sentence_that_names_variable_value_and_remedy(name: str, value: str) -> None:
    sentence = refusal(**{name: value})
    assert name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert any(
        word in sentence for word in ("set it", "set a", "choose", "give", "use one", "must begin", "list", "encode")
    )


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_value_is_taken(name: str) -> None:
    [(variable, (text, value))] = GOOD[name].items()
    assert getattr(read({"INVOICEDASH_DATA_DIR": "/nonexistent", variable: text}), name) == value


def test_a_refused_list_of_keys_shows_no_key() -> None:
    assert "AAAA" not in refusal(STORES_ENCRYPTION_KEYS=f"k1:{KEY}x")


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:81"), ("::1", "http://[::1]:81")])
def test_the_public_address_is_that_of_the_web_process_unless_it_is_set(host: str, url: str) -> None:
    assert read({"INVOICEDASH_DATA_DIR": "/nonexistent", "HOST": host, "PORT": "81"}).public_url == url


def test_the_app_of_shopify_has_an_id_and_up_to_two_secrets() -> None:
    given = {"SHOPIFY_CLIENT_ID": "0123abcd", "SHOPIFY_CLIENT_SECRET": "shpss_newer, shpss_older"}
    found = read({"INVOICEDASH_DATA_DIR": "/nonexistent", **given})
    assert (found.shopify_client_id, found.shopify_client_secrets) == ("0123abcd", ("shpss_newer", "shpss_older"))
    sentence = refusal(SHOPIFY_CLIENT_ID="0123abcd", SHOPIFY_CLIENT_SECRET="short")
    assert "SHOPIFY_CLIENT_SECRET" in sentence
    assert "short" not in sentence


def test_every_field_has_its_table_row() -> None:
    without = {"host", "process", "admin_password", "flower_password", "flower_port", "csrf_trusted_origins"}
    without |= {"shopify_client_id", "shopify_client_secrets"}
    without |= {"open", "https", "data_dir"}
    assert set(Environment.__dataclass_fields__) - without == set(GOOD)


def test_nothing_set_means_the_defaults_of_the_contract(tmp_path: Path) -> None:
    env = read({"INVOICEDASH_DATA_DIR": str(tmp_path)})
    assert (env.host, env.port, env.flower_port) == ("127.0.0.1", 8000, 5555)
    assert (env.debug, env.open, env.https) == (False, False, False)
    assert (env.web_server, env.feed, env.currency, env.vat_rate) == ("daphne", "demo", "SAR", Decimal("0.15"))
    assert (env.generation_rate, env.generation_duration, env.display_rate) == (Decimal(5), 300, Decimal(2))
    assert env.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert (env.csrf_trusted_origins, env.cors_allowed_origins) == ((), ())
    assert (env.database_url, env.redis_url, env.secret_key) == (None, None, None)
    assert read({}).data_dir == BASE_DIR / ".data"


@pytest.mark.parametrize("name", sorted(BAD))
def test_an_empty_value_is_as_good_as_none(name: str) -> None:
    read({"INVOICEDASH_DATA_DIR": "/nonexistent", name: ""})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "shop.example"])
def test_open_to_everyone_is_refused_unless_only_this_machine_can_reach_us(host: str) -> None:
    sentence = refusal(HOST=host, INVOICEDASH_OPEN="1")
    assert "INVOICEDASH_OPEN" in sentence
    assert host in sentence
    assert read({"HOST": host, "INVOICEDASH_OPEN": "0"}).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_open_on_a_loopback_address_is_taken(host: str) -> None:
    assert read({"HOST": host, "INVOICEDASH_OPEN": "1"}).open


@pytest.mark.parametrize(("rate", "duration"), [("0.1", "9"), ("10000", "1001")])
def test_defaults_that_no_start_would_take_are_refused(rate: str, duration: str) -> None:
    sentence = refusal(GENERATION_RATE=rate, GENERATION_DURATION=duration)
    assert "GENERATION_RATE" in sentence
    assert "GENERATION_DURATION" in sentence


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/x", "mysql://u:hun/ter2@h", "postgresql://u:hunter2%zz@h/x"])
def test_a_password_is_never_repeated(url: str) -> None:
    assert "ter2" not in refusal(DATABASE_URL=url)
    assert "ter2" not in refusal(EMAIL_URL=url)


def test_servers_of_a_running_product_are_found_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "servers.env").write_text("DATABASE_URL=postgresql:///a?host=/x\nREDIS_URL=unix:///y\n")
    environ = {"INVOICEDASH_DATA_DIR": str(tmp_path)}
    assert (read(environ).database_url, read(environ).redis_url) == ("postgresql:///a?host=/x", "unix:///y")
    assert read({**environ, "REDIS_URL": "redis://h/1"}).redis_url == "redis://h/1"


def test_the_addresses_of_a_running_product_are_those_of_its_commands(tmp_path: Path) -> None:
    (tmp_path / "servers.env").write_text("PUBLIC_URL=http://127.0.0.1:8123\nINTAKE_ALLOW_PRIVATE=1\n")
    environ = {"INVOICEDASH_DATA_DIR": str(tmp_path)}
    assert (read(environ).public_url, read(environ).intake_allow_private) == ("http://127.0.0.1:8123", True)
    starting = read(environ, with_published=False)
    assert (starting.public_url, starting.intake_allow_private) == ("http://127.0.0.1:8000", False)
    assert not read({**environ, "INTAKE_ALLOW_PRIVATE": "0"}).intake_allow_private


def test_a_servers_file_that_is_none_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "servers.env").write_bytes(b"\xff\xfe")
    assert read({"INVOICEDASH_DATA_DIR": str(tmp_path)}).database_url is None
