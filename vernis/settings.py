"""Settings of the application. What differs from place to place comes from the environment.

VERNIS_URL         where people reach it (default http://127.0.0.1:8000); https switches the strict settings on
DATABASE_URL       postgres://user:password@host/name; default: SQLite in VERNIS_HOME
VERNIS_HOME        folder of the database, the key and the prepared data (default: var)
VERNIS_SECRET_KEY  signs sessions and links; default: a key made once and kept in VERNIS_HOME
VERNIS_SECRET_KEYS keys for secrets at rest, the newest first; default: a key made once and kept in VERNIS_HOME
VERNIS_PROXIES     how many proxies of ours stand before the application (default 0: X-Forwarded-For is not believed)
VERNIS_ALLOW_PRIVATE_WEBHOOKS  1: webhooks may go to this machine and the local network, and by http
VERNIS_DEMO        1: the demonstration, with a one-click way in for every role
EMAIL_URL          smtp://user:password@host:port; default: letters are printed to the log
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from vernis.database import choose_sqlite

choose_sqlite()

import dj_database_url  # noqa: E402
import django_stubs_ext  # noqa: E402
from csp.constants import NONCE, NONE, SELF  # noqa: E402
from django.utils.translation import gettext_lazy as _  # noqa: E402

django_stubs_ext.monkeypatch()  # generic forms and managers at run time

ROOM = Path(__file__).resolve().parent
HOME = Path(os.environ.get("VERNIS_HOME", "var")).resolve()
URL = urlsplit(os.environ.get("VERNIS_URL", "http://127.0.0.1:8000"))
IS_HTTPS = URL.scheme == "https"
IS_DEMO = os.environ.get("VERNIS_DEMO") == "1"
PROXIES = int(os.environ.get("VERNIS_PROXIES", "0"))


def secret_key() -> str:
    """Return the key of the environment, or the one kept in HOME, made the first time."""
    if key := os.environ.get("VERNIS_SECRET_KEY"):
        return key
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = HOME / "secret_key"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    key = secrets.token_urlsafe(64)
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(key)
    return key


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = [URL.hostname or "127.0.0.1", *(["localhost", "127.0.0.1"] if not IS_HTTPS else [])]
CSRF_TRUSTED_ORIGINS = [f"{URL.scheme}://{URL.netloc}"]

INSTALLED_APPS = [
    "vernis.ui",
    "vernis.accounts",
    "vernis.book",
    "vernis.intake",
    "vernis.schedule",
    "vernis.offers",
    "vernis.scripts",
    "vernis.holdouts",
    "vernis.expect",
    "vernis.worklist",
    "vernis.rebooking",
    "vernis.winback",
    "vernis.reports",
    "vernis.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "csp",
    "django_htmx",
    "django_q",
    "rules",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vernis.ui.middleware.private",
    "csp.middleware.CSPMiddleware",
    "vernis.api.middleware.machines",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vernis.accounts.middleware.tenancy",
    "vernis.accounts.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vernis.accounts.middleware.Audit",
    "vernis.accounts.second_factor.second_factor",
]
ROOT_URLCONF = "vernis.urls"
WSGI_APPLICATION = "vernis.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "vernis.ui.context.page",
                "vernis.accounts.context.banners",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(default=f"sqlite:///{HOME / 'vernis.sqlite3'}", conn_max_age=600)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
API_CALLS_PER_SECOND, API_CALLS_AT_ONCE = 10.0, 100  # of one token, in one process of the server
ALLOW_PRIVATE_WEBHOOKS = os.environ.get("VERNIS_ALLOW_PRIVATE_WEBHOOKS") == "1"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",  # limits of guessing hold over processes
        "LOCATION": "vernis_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000, "CULL_FREQUENCY": 10},  # nobody can flush a limit by filling the cache
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "vernis_language"
LOCALE_PATHS = [ROOM / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]  # one: one hash for each guess
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account begins with an invitation that was sent to the address
ACCOUNT_ADAPTER = "vernis.accounts.adapter.ByInvitation"
ACCOUNT_FORMS = {"reset_password": "vernis.accounts.forms.passwords.ResetForm"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,100/h/ip,5/5m/key,20/h/key,80/d/key",  # the key: e-mail, and the device if it is known
    "login_failed_anywhere": "600/10m/key",  # all accounts together; known devices are not counted
    "reset_password": "20/h/ip,5/h/key",
    "invitation": "30/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
MFA_ADAPTER = "vernis.accounts.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ by half a minute
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # passkeys on http://localhost only

MIGRATION_MODULES = {"auditlog": None}  # its own table is not used, and would point at our people
AUDITLOG_LOGENTRY_MODEL = "accounts.LogEntry"
AUDITLOG_MASK_CALLABLE = "vernis.accounts.audit.masked"
AUDITLOG_CID_HEADER = None  # nothing of the log comes from a header
AUDITLOG_STORE_JSON_CHANGES = False

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
DEVICE_COOKIE_NAME = "vernis_device"  # where somebody has come in before
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if IS_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

Q_CLUSTER = {
    "name": "vernis",
    "orm": "default",
    "workers": 1,
    "timeout": 60 * 30,
    "retry": 60 * 40,
    "max_attempts": 3,
    "poll": 1,
    "catch_up": False,
    "label": "Jobs",
}

EMAIL = urlsplit(os.environ.get("EMAIL_URL", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL.hostname else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = EMAIL.hostname or "", EMAIL.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(EMAIL.username or ""), unquote(EMAIL.password or "")
EMAIL_TIMEOUT = 10
EMAIL_USE_TLS = EMAIL.scheme == "smtp+tls"
DEFAULT_FROM_EMAIL = os.environ.get("VERNIS_FROM", "vernis@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"vernis": {"level": "INFO"}},
}
