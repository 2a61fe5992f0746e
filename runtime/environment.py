"""Reads and checks the configuration from the environment, once.

Every configuration variable is read in this module only. A bad value raises `BadSetting`, whose text is one sentence
with the variable, the value and the remedy. The module does not import Django: the supervisor uses it before Django
starts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from runtime.currencies import TWO_DECIMAL_CURRENCIES
from runtime.mail_url import FILE, MailServer, parse_mail_url
from runtime.timezones import is_timezone

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
FEEDS = ("demo", "live")
DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"
# As browsers write them in Origin and Host: in lower case.
HOST_NAME = r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?"
HOST_ADDRESS = r"\[[0-9a-f:.]+\]"
MOST_INVOICES = 10_000_000


class BadSetting(ValueError):
    """An environment variable has a value that the product cannot use."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The checked configuration. Rates are per second, durations in seconds."""

    host: str
    port: int
    flower_port: int
    flower_password: str | None
    admin_password: str | None
    data_dir: Path
    database_url: str | None
    analytics_database_url: str | None
    redis_url: str | None
    secret_key: str | None
    public_url: str
    signup_open: bool
    store_keys: str | None
    debug: bool
    allowed_hosts: tuple[str, ...]
    csrf_trusted_origins: tuple[str, ...]
    cors_allowed_origins: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    login_attempts: int
    login_lockout_minutes: int
    stop_notice: int
    web_server: str
    open: bool
    https: bool
    feed: str
    currency: str
    timezone: str
    vat_rate: Decimal
    generation_rate: Decimal
    generation_duration: int
    display_rate: Decimal
    quarantine_per_file: int
    einvoice_rules_dir: Path | None
    email_server: MailServer | None
    email_from: str
    intake_max_body: int
    intake_keep_days: int
    intake_allow_private: bool
    reconcile_seconds: int
    ingest_backlog: int
    shopify_client_id: str
    shopify_client_secrets: tuple[str, ...]
    shopify_api_version: str
    shopify_scopes: tuple[str, ...]
    shopify_base_url: str
    process: str | None


def read(environ: Mapping[str, str] = os.environ, *, with_published: bool = True) -> Environment:
    """Read and check the configuration; raises `BadSetting` at the first invalid value.

    `with_published`: what a running `make run` published in the same data directory replaces the defaults.
    """
    data_dir = _data_dir(environ)
    published = _published(data_dir) if with_published else {}
    host = _text(environ, "HOST", "127.0.0.1")
    is_open = _flag(environ, "INVOICEDASH_OPEN", False)
    if is_open and not is_loopback(host):
        raise BadSetting(
            f"INVOICEDASH_OPEN=1 lets anyone who reaches HOST={host} take control; "
            "set HOST to a loopback address such as 127.0.0.1, or set INVOICEDASH_OPEN=0."
        )
    port = _port(environ, "PORT", 8000)
    app_id, app_secrets = _shopify_app(environ, published)
    rate = _decimal(environ, "GENERATION_RATE", "5", low="0.1", high="10000")
    duration = _integer(environ, "GENERATION_DURATION", 300, low=1, high=86400)
    if not 1 <= int(rate * duration) <= MOST_INVOICES:
        raise BadSetting(
            f"GENERATION_RATE={rate} times GENERATION_DURATION={duration} makes {int(rate * duration)} invoices; "
            f"choose values that make 1 to {MOST_INVOICES:,}."
        )
    return Environment(
        host=host,
        port=port,
        flower_port=_port(environ, "FLOWER_PORT", 5555),
        flower_password=_secret(environ, "FLOWER_PASSWORD"),
        admin_password=_secret(environ, "ADMIN_PASSWORD"),
        data_dir=data_dir,
        database_url=_url(environ, published, "DATABASE_URL", ("postgresql://", "postgres://")),
        analytics_database_url=_url(environ, {}, "ANALYTICS_DATABASE_URL", ("postgresql://", "postgres://")),
        redis_url=_url(environ, published, "REDIS_URL", ("redis://", "rediss://", "unix://")),
        secret_key=_secret(environ, "SECRET_KEY"),
        public_url=_public_url(environ, published.get("PUBLIC_URL") or _address(host, port)),
        signup_open=_flag(environ, "SIGNUP_OPEN", False),
        store_keys=_store_keys(environ),
        debug=_flag(environ, "DEBUG", False),
        allowed_hosts=_list(environ, "ALLOWED_HOSTS", _host, LOOPBACK_NAMES),
        csrf_trusted_origins=_list(environ, "CSRF_TRUSTED_ORIGINS", _origin),
        cors_allowed_origins=_list(environ, "CORS_ALLOWED_ORIGINS", _origin),
        trusted_proxies=tuple(ip_network(text) for text in _list(environ, "TRUSTED_PROXIES", _network)),
        login_attempts=_integer(environ, "LOGIN_ATTEMPTS", 5, low=1, high=1000),
        login_lockout_minutes=_integer(environ, "LOGIN_LOCKOUT_MINUTES", 15, low=1, high=10080),
        stop_notice=_integer(environ, "STOP_NOTICE", 0, low=0, high=300),
        web_server=_choice(environ, "WEB_SERVER", "daphne", ("daphne", "uvicorn")),
        open=is_open,
        https=_flag(environ, "INVOICEDASH_HTTPS", not is_open and not is_loopback(host)),
        feed=_choice(environ, "INVOICEDASH_FEED", "demo", FEEDS),
        currency=_currency(environ),
        timezone=_timezone(environ),
        vat_rate=_decimal(environ, "INVOICEDASH_VAT_RATE", "0.15", low="0", high="1", places=4),
        generation_rate=rate,
        generation_duration=duration,
        display_rate=_decimal(environ, "DISPLAY_RATE", "2", low="0.1", high="1000"),
        quarantine_per_file=_integer(environ, "QUARANTINE_PER_FILE", 10_000, low=1, high=1_000_000),
        einvoice_rules_dir=_rules_dir(environ),
        email_server=_mail_server(environ),
        email_from=_mail_address(environ),
        intake_max_body=_integer(environ, "INTAKE_MAX_BODY", 5_242_880, low=1024, high=67_108_864),
        intake_keep_days=_integer(environ, "INTAKE_KEEP_DAYS", 30, low=1, high=3650),
        intake_allow_private=_flag(environ, "INTAKE_ALLOW_PRIVATE", published.get("INTAKE_ALLOW_PRIVATE") == "1"),
        reconcile_seconds=_integer(environ, "RECONCILE_SECONDS", 300, low=10, high=86400),
        ingest_backlog=_integer(environ, "INGEST_BACKLOG", 100_000, low=1, high=100_000_000),
        shopify_client_id=app_id,
        shopify_client_secrets=app_secrets,
        shopify_api_version=_matching(
            environ, "SHOPIFY_API_VERSION", "2026-10", r"20[0-9]{2}-(01|04|07|10)|unstable", "give one such as 2026-10"
        ),
        shopify_scopes=_scopes(environ),
        shopify_base_url=_matching(
            environ, "SHOPIFY_BASE_URL", "https://{shop}", rf"https?://(\{{shop\}}|{HOST_NAME}|{HOST_ADDRESS})(:[0-9]{{1,5}})?",
            "give an address without a path, in which {shop} is the domain of the shop",
        ),
        process=environ.get("INVOICEDASH_PROCESS") or None,
    )  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _rules_dir(environ: Mapping[str, str]) -> Path | None:
    """The folder of the official rules of e-invoice profiles; None without one."""
    value = _text(environ, "EINVOICE_RULES_DIR", "")
    if not value:
        return None
    path = BASE_DIR / value
    if not path.is_dir():
        raise BadSetting(f"EINVOICE_RULES_DIR={value[:60]!r} is not a directory; give the folder with the rules.")
    return path


def _data_dir(environ: Mapping[str, str]) -> Path:
    value = _text(environ, "INVOICEDASH_DATA_DIR", ".data")
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise BadSetting(
            f"INVOICEDASH_DATA_DIR={value[:60]!r} names the home of an unknown user; give a path."
        ) from None
    return path if path.is_absolute() else BASE_DIR / path


def _published(data_dir: Path) -> dict[str, str]:
    """What a running `make run` published for commands in the same data directory; empty when none runs."""
    try:
        lines = (data_dir / "servers.env").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _text(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name, "").strip() or default
    if "\0" in value or "\n" in value:
        raise BadSetting(f"{name} holds a line break or a NUL character; give it on one line.")
    return value


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    value = environ.get(name)
    if value is not None and value != "" and not value.strip():
        raise BadSetting(f"{name} holds only white space; set a real secret or leave it unset.")
    return value or None


def _url(environ: Mapping[str, str], servers: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = environ.get(name, "").strip() or servers.get(name, "")
    if value and not value.startswith(schemes):
        raise BadSetting(
            f"{name}={_without_password(value)!r} is not a valid address: it must begin with {' or '.join(schemes)}."
        )
    if not _is_readable(value):
        raise BadSetting(
            f"{name}={_without_password(value)!r} cannot be parsed; percent-encode its special characters."
        )
    return value or None


def _is_readable(url: str) -> bool:
    """Whether the address can be parsed; a PostgreSQL address is checked with libpq."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    if not url.startswith("postgres"):
        return True
    # Imported here, because the supervisor often reads its settings without a database and does not need the library.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        return False
    return True


def _without_password(url: str) -> str:
    return re.sub(r"//.*@", "//***@", url, flags=re.DOTALL)[:100]


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    value = _text(environ, name, "1" if default else "0").lower()
    if value not in ("0", "1", "true", "false", "yes", "no", "on", "off"):
        raise BadSetting(f"{name}={value[:60]!r} is not a valid flag: set it to 0 or 1.")
    return value in ("1", "true", "yes", "on")


def _choice(environ: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = _text(environ, name, default)
    if value not in choices:
        raise BadSetting(f"{name}={value[:60]!r} is not a valid choice: choose one of {', '.join(choices)}.")
    return value


def _integer(environ: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    value = _text(environ, name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) or not low <= int(value) <= high:
        raise BadSetting(f"{name}={value[:60]!r} is not a whole number from {low} to {high}: set it within that range.")
    return int(value)


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    return _integer(environ, name, default, low=1, high=65535)


def _decimal(environ: Mapping[str, str], name: str, default: str, *, low: str, high: str, places: int = 6) -> Decimal:
    value = _text(environ, name, default)
    try:
        number = Decimal(value) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value, re.ASCII) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan() or not Decimal(low) <= number <= Decimal(high) or -_exponent(number) > places:
        raise BadSetting(
            f"{name}={value[:60]!r} is not a number from {low} to {high} with at most {places} decimals: "
            "set it within that range."
        )
    return number


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _currency(environ: Mapping[str, str]) -> str:
    value = _text(environ, "INVOICEDASH_CURRENCY", "SAR")
    if value not in TWO_DECIMAL_CURRENCIES:
        raise BadSetting(
            f"INVOICEDASH_CURRENCY={value[:60]!r} is not an ISO 4217 currency with two decimals: use one such as SAR, EUR or USD."
        )
    return value


def _timezone(environ: Mapping[str, str]) -> str:
    value = _text(environ, "INVOICEDASH_TIMEZONE", "UTC")
    if not is_timezone(value):
        raise BadSetting(
            f"INVOICEDASH_TIMEZONE={value[:60]!r} is not a time zone: use a name such as Europe/Berlin or Asia/Riyadh."
        )
    return value


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host and "[" not in host else f"http://{host}:{port}"


def _public_url(environ: Mapping[str, str], default: str) -> str:
    """The address in mails and callbacks, without a slash at its end."""
    value = _text(environ, "PUBLIC_URL", default).rstrip("/")
    if value != default and not re.fullmatch(
        rf"https?://({HOST_NAME}|{HOST_ADDRESS})(:[0-9]{{1,5}})?", value.lower(), re.ASCII
    ):
        raise BadSetting(
            f"PUBLIC_URL={_without_password(value)!r} is not the address of the product: give one such as "
            "https://desk.example.com, without a path."
        )
    return value


def _store_keys(environ: Mapping[str, str]) -> str | None:
    """The keys as text, in a form that `stores.encryption` reads. The message shows no key."""
    value = _secret(environ, "STORES_ENCRYPTION_KEYS")
    key = r"[A-Za-z0-9_-]{1,16}:[A-Za-z0-9+/]{43}="
    if value is not None and not re.fullmatch(rf"\s*{key}\s*(,\s*{key}\s*)*", value, re.ASCII):
        raise BadSetting(
            "STORES_ENCRYPTION_KEYS is not a list of keys: set it to ID:KEY,ID:KEY with 32 random bytes in base64 for each KEY, "
            "for example from openssl rand -base64 32."
        )
    return value


def _shopify_app(environ: Mapping[str, str], published: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The id of the app and its secrets, the present one first; empty without an app. The message shows no secret."""
    names = ("SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET")
    given = [environ.get(name, "").strip() for name in names]
    if not any(given):
        given = [published.get(name, "") for name in names]
    app_id, secrets = given[0], tuple(part.strip() for part in given[1].split(",") if part.strip())
    if bool(app_id) != bool(secrets):
        raise BadSetting("SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET belong together: give both, or neither.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,100}", app_id, re.ASCII):
        raise BadSetting(
            f"SHOPIFY_CLIENT_ID={app_id[:60]!r} is not an id of an app: give the client id that Shopify shows."
        )
    if len(secrets) > 2 or not all(re.fullmatch(r"[A-Za-z0-9_-]{8,200}", each, re.ASCII) for each in secrets):
        raise BadSetting(
            "SHOPIFY_CLIENT_SECRET is not one or two secrets of an app: give the client secret that Shopify shows; NEW,OLD while "
            "it is replaced."
        )
    return app_id, secrets


def _scopes(environ: Mapping[str, str]) -> tuple[str, ...]:
    default = "read_orders,read_products,read_inventory,read_locations"
    text = _matching(
        environ, "SHOPIFY_SCOPES", default, r"[a-z_]{1,60}(\s*,\s*[a-z_]{1,60})*", "list scopes such as read_orders,read_products"
    )  # fmt: skip
    return tuple(dict.fromkeys(part.strip() for part in text.split(",")))


def _matching(environ: Mapping[str, str], name: str, default: str, pattern: str, advice: str) -> str:
    value = _text(environ, name, default)
    if not re.fullmatch(pattern, value, re.ASCII):
        raise BadSetting(f"{name}={_without_password(value)[:60]!r} is not valid: {advice}.")
    return value


def _mail_server(environ: Mapping[str, str]) -> MailServer | None:
    value = _text(environ, "EMAIL_URL", FILE)
    try:
        return parse_mail_url(value)
    except ValueError:
        raise BadSetting(
            f"EMAIL_URL={_without_password(value)!r} is not the address of a mail server: use smtp://USER:PASSWORD@HOST:PORT "
            "or smtps://..., with user and password or neither, special characters percent-encoded; or file: for none."
        ) from None


def _mail_address(environ: Mapping[str, str]) -> str:
    value = _text(environ, "EMAIL_FROM", "invoicedash <invoicedash@localhost>")
    if not re.fullmatch(r"[^@<>]*<[^@<>\s]+@[^@<>\s]+>|[^@<>\s]+@[^@<>\s]+", value):
        raise BadSetting(
            f"EMAIL_FROM={value[:60]!r} is not a sender: give an address such as shop@example.com or Shop <shop@example.com>."
        )
    return value


def _list(
    environ: Mapping[str, str], name: str, check: Callable[[str, str], str], default: tuple[str, ...] = ()
) -> tuple[str, ...]:
    values = tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())
    return tuple(check(name, value.lower()) for value in values) or default


def _host(name: str, value: str) -> str:
    if not re.fullmatch(rf"\.?{HOST_NAME}|{HOST_ADDRESS}", value, re.ASCII):
        raise BadSetting(
            f"{name} holds {value[:60]!r}; list the host names themselves, without '*', scheme, port or path."
        )
    return value


def _network(name: str, value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        raise BadSetting(
            f"{name} holds {value[:60]!r}; list addresses or networks such as 10.0.0.5 or 10.0.0.0/8."
        ) from None


def _origin(name: str, value: str) -> str:
    if not re.fullmatch(rf"https?://({HOST_NAME}|{HOST_ADDRESS})(:[0-9]{{1,5}})?", value, re.ASCII):
        raise BadSetting(
            f"{name} holds {value[:60]!r}; give origins such as https://shop.example, without a path or '*'."
        )
    return value
