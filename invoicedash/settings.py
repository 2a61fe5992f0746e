"""Django's settings, derived from the checked environment. They contain no business rules."""

from __future__ import annotations

import logging.config
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict
from pythonjsonlogger.core import RESERVED_ATTRS

from invoicedash import sessions
from runtime import environment
from runtime.lean_redis import NO_RETRY

ENVIRONMENT = environment.read()
BASE_DIR: Path = environment.BASE_DIR
TESTING = "pytest" in sys.modules

DEBUG = ENVIRONMENT.debug
# Without a configured key, a process signs with a random secret one: its sessions end with the process, and none can be
# forged.
SECRET_KEY = ENVIRONMENT.secret_key or secrets.token_urlsafe(50)
# The address in mails, and where shops send to. The keys of stores: None where they are in a file of the data directory.
PUBLIC_URL = ENVIRONMENT.public_url
STORES_ENCRYPTION_KEYS = ENVIRONMENT.store_keys
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.csrf_trusted_origins)
CORS_ALLOWED_ORIGINS = list(ENVIRONMENT.cors_allowed_origins)
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key", "prefer")
CORS_EXPOSE_HEADERS = ("Location", "Retry-After", "Idempotent-Replayed", "Preference-Applied")

INVOICEDASH_OPEN = ENVIRONMENT.open
INVOICEDASH_FEED = ENVIRONMENT.feed
INVOICEDASH_CURRENCY = ENVIRONMENT.currency
INVOICEDASH_TIMEZONE = ENVIRONMENT.timezone
INVOICEDASH_VAT_RATE = ENVIRONMENT.vat_rate
INVOICEDASH_DATA_DIR = ENVIRONMENT.data_dir
INVOICEDASH_PROCESS = ENVIRONMENT.process
# How many documents of one imported file may be quarantined; a file with more is rejected.
QUARANTINE_PER_FILE = ENVIRONMENT.quarantine_per_file
# The official rules of the e-invoice profiles that no package contains.
EINVOICE_RULES_DIR = ENVIRONMENT.einvoice_rules_dir
# Webhooks of shops, and the requests to shops.
INTAKE_MAX_BODY = ENVIRONMENT.intake_max_body
INTAKE_KEEP_DAYS = ENVIRONMENT.intake_keep_days
INTAKE_ALLOW_PRIVATE = ENVIRONMENT.intake_allow_private
RECONCILE_SECONDS = ENVIRONMENT.reconcile_seconds
# How many records of a store may wait until a source is asked to send later.
INGEST_BACKLOG = ENVIRONMENT.ingest_backlog
# The app that shops of Shopify install; without an id, there is none.
SHOPIFY_CLIENT_ID = ENVIRONMENT.shopify_client_id
SHOPIFY_CLIENT_SECRETS = ENVIRONMENT.shopify_client_secrets
SHOPIFY_API_VERSION = ENVIRONMENT.shopify_api_version
SHOPIFY_SCOPES = ENVIRONMENT.shopify_scopes
SHOPIFY_BASE_URL = ENVIRONMENT.shopify_base_url
GENERATION_RATE = ENVIRONMENT.generation_rate
GENERATION_DURATION = ENVIRONMENT.generation_duration
DISPLAY_RATE = ENVIRONMENT.display_rate
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies

INSTALLED_APPS = [
    "dashboard",
    "invoicedash.admin_site.InvoicedashAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "pgtrigger",
    "corsheaders",
    "ninja",
    "axes",
    "allauth.account",
    "streaming",
    "jobs",
    "events",
    "stores",
    "stores.members",
    "invoices",
    "commerce",
    "commerce.records",
    "orders",
    "integrations.webhooks",
    "integrations.pipes",
    "integrations.syncing",
    "integrations.woocommerce",
    "integrations.shopify",
    "integrations.simulation",
    "analytics.facts",
    "analytics.metrics",
    "exports",
    "replays",
    "imports",
    "quality",
    "notifications",
    "accounts",
    "web",
]

# Processes that serve no page skip what only pages need, which takes 20 MB in each.
TRIGGER_NAMES = "invoicedash.triggers.TriggerNames"
if ENVIRONMENT.process in ("worker", "beat", "pacer", "flower", "export"):
    INSTALLED_APPS = ["channels", TRIGGER_NAMES, "streaming", "jobs", "events", "stores", "invoices", "replays", "web"]
# The loops follow tables by SQL of their own. Every app with a consumer of events is here, and what makes documents of
# the orders that shops report.
if ENVIRONMENT.process == "loops":
    INSTALLED_APPS = [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "channels",
        TRIGGER_NAMES,
        "events",
        "notifications",
    ]
    INSTALLED_APPS += [
        "streaming",
        "jobs",
        "stores",
        "invoices",
        "quality",
        "commerce",
        "commerce.records",
        "orders",
        "analytics.facts",
        "analytics.metrics",
    ]
    INSTALLED_APPS += [
        "integrations.webhooks",
        "integrations.pipes",
        "integrations.syncing",
        "integrations.woocommerce",
        "integrations.shopify",
    ]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "web.answers.AnswerHeaders",
    "web.problems.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.middleware.SameOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stores.members.middleware.StoreScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Last, because it replaces the answer to a login by a refusal.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "invoicedash.urls"
ASGI_APPLICATION = "streaming.asgi.application" if ENVIRONMENT.process == "pacer" else "invoicedash.asgi.application"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# -- PostgreSQL: the truth ---------------------------------------------------------------------------------------------


def _database(url: str | None) -> dict[str, Any]:
    parts: dict[str, Any] = dict(conninfo_to_dict(url)) if url else {}
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "invoicedash"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": sessions.CONNECT_SECONDS,
            "application_name": f"invoicedash-{ENVIRONMENT.process or 'command'}",
        },
    }
    database["OPTIONS"].update(parts)
    if ENVIRONMENT.process:
        database["OPTIONS"]["options"] = f"{parts.get('options', '')} {sessions.serving_options()}".strip()
    if ENVIRONMENT.process == "web":
        # Requests run in their own threads, so only a pool reuses connections. Celery uses no pool: a pool does not
        # survive a fork. A failed attempt is not retried, or the pool would back off for longer than the outage.
        database["CONN_MAX_AGE"] = 0
        # Each connection is a process of PostgreSQL of 3 MB: one that was idle for `max_idle` seconds is closed.
        pool = {"min_size": 0, "max_size": 20, "timeout": 2, "reconnect_timeout": 0.5, "max_idle": 10}
        database["OPTIONS"]["pool"] = pool
    return database


DATABASES = {"default": _database(ENVIRONMENT.database_url)}
if ENVIRONMENT.analytics_database_url:
    # A replica: `runtime.replica` says what reads it.
    DATABASES["analytics"] = _database(ENVIRONMENT.analytics_database_url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Redis: only what can be rebuilt -----------------------------------------------------------------------------------

REDIS_URL = ENVIRONMENT.redis_url or environment.DEFAULT_REDIS_URL
# No page waits longer for Redis than this. Seconds.
REDIS_TIMEOUT = 0.2

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "invoicedash",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT,
            "SOCKET_TIMEOUT": REDIS_TIMEOUT,
            "CONNECTION_POOL_KWARGS": {"max_connections": 50, "retry": NO_RETRY},
        },
    }
}

# redis-py's default time-out equals the layer's own blocking time and disconnects idle sockets: the value must be well
# above 5 s.
_LAYER_HOST = {"address": REDIS_URL, "socket_timeout": 30, "socket_connect_timeout": 3, "max_connections": 1000}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "streaming.layers.NotificationLayer",
        "CONFIG": {"hosts": [_LAYER_HOST], "prefix": "invoicedash"},
    },
    "pacer": {
        "BACKEND": "streaming.layers.PacerLayer",
        "CONFIG": {"hosts": [_LAYER_HOST], "prefix": "invoicedash:"},
    },
}

# -- Access control ----------------------------------------------------------------------------------------------------

PASSWORD_HASHERS = [
    "accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_LOCKOUT_MINUTES = ENVIRONMENT.login_lockout_minutes
# Password guesses are counted by user name and address together, so that no one can lock out another user.
AXES_FAILURE_LIMIT = ENVIRONMENT.login_attempts
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.refuse"
# The product keeps no record of logins and their addresses.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Sign-up, confirmation of mail addresses and password reset. The login page and its lockout are not the library's.
SIGNUP_OPEN = ENVIRONMENT.signup_open
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "signup": "stores.members.signup.SignUpForm",
    "reset_password": "accounts.passwords.ResetForm",
    "reset_password_from_key": "accounts.passwords.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_REDIRECT_URL = "/stores/"
# Requests by address of the client (`ip`), mails by address of the recipient (`key`).
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip",
    "confirm_email": "1/3m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
}
# Seconds for which the link to reset a password is valid.
PASSWORD_RESET_TIMEOUT = 86_400

# Behind a proxy that terminates TLS. A local product has no proxy, and the checks that ask for it do not apply.
HTTPS = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# The other hosts of the domain and the preload list of browsers are the operator's decisions.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# -- Mail: a row of the outbox first --------------------------------------------------------------------------------------

EMAIL_BACKEND = "notifications.backend.OutboxBackend"
# None: messages are kept as files of the data directory.
EMAIL_SERVER = ENVIRONMENT.email_server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.email_from

# -- Pages -------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
_UPLOT = BASE_DIR / "node_modules" / "uplot" / "dist"
if _UPLOT.is_dir():
    STATICFILES_DIRS.append(("vendor/uplot", _UPLOT))  # type: ignore[arg-type]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "invoicedash.static.ModuleStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# The limit for JSON calls of the contract; the API itself rejects more than 256 KiB before Django reads the body.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# -- Telemetry ---------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(levelname)s %(name)s %(message)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "at",
            # The text of a request contains its full address, and therefore the search terms of users.
            "reserved_attrs": [*RESERVED_ATTRS, "request"],
        },
        "plain": {"format": "%(asctime)s %(levelname)-7s %(name)s %(message)s", "datefmt": "%H:%M:%S"},
    },
    "filters": {
        "damp": {"()": "runtime.logs.SuppressRepeats"},
        "refusals": {"()": "runtime.logs.RefusalsWithoutTraceback"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if DEBUG or ENVIRONMENT.open else "json",
            "filters": ["refusals", "damp"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "daphne": {"level": "WARNING"},
        # Flower lists all tasks at each start, and warns of a worker that is still starting.
        "flower": {"level": "ERROR"},
        "kombu": {"level": "WARNING"},
        # The library logs a line or two for each document.
        "factur-x": {"level": "WARNING"},
        # A request line contains the key of a shop and its signature.
        "httpx": {"level": "WARNING"},
        # The library logs its name at each start.
        "axes": {"level": "WARNING"},
        # Three lines per tick, five ticks a second: the producer's own log line has more information.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}
# Before it reads these settings, Django would set up mail to administrators with its page of errors, which takes 1 MB.
LOGGING_CONFIG = None
logging.config.dictConfig(LOGGING)
