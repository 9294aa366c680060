"""Every setting, in one file. What varies between places comes from the environment; `.env.example` explains each.

Secrets have no default: without them the service does not start. The demonstration gets its own from `manage.py run`.
"""

from pathlib import Path

import environ
import pghistory
from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parent.parent

env = environ.Env()
if env.bool("CAMPION_READ_DOT_ENV", True):
    environ.Env.read_env(ROOT / ".env")

# Where this process stands -------------------------------------------------------------------------------------------

DEMO = env.bool("CAMPION_DEMO", False)
"""A demonstration: every person and report is invented, and each page says so."""
AS_OWNER = env.bool("CAMPION_OWNER", False)
"""This process owns the tables: migrations and the making of roles, never a web server."""
HTTPS = env.bool("CAMPION_HTTPS", not DEMO)
DEBUG = False
GALLERY = env.bool("CAMPION_GALLERY", DEMO)
"""Show every component at /gallery/: in the demonstration and in tests."""

# Secrets -------------------------------------------------------------------------------------------------------------

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = env.list("FIELD_KEYS")
"""Fernet keys of the sealed columns: the first writes, all read (campion/sealed.py)."""
AUDIT_SEAL_KEY = env("AUDIT_SEAL_KEY")
"""Keys the chain of audit seals; lives with the sealer, never in the database."""

# The application -----------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "campion.urls"
WSGI_APPLICATION = "campion.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "campion",
    "reports",
    "victims",
    "figures",
    "demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_q",
    "pghistory",
    "pgtrigger",
    "rules",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "campion.middleware.BadInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "campion.middleware.NoStore",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "campion.middleware.KeepWhatWasTyped",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campion.middleware.SessionClock",
    "campion.views.errors.PlainWords",
    "campion.middleware.SignInRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "campion.middleware.SecondFactor",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campion.context.campion",
            ],
            "builtins": ["campion.templatetags.govuk", "campion.templatetags.held"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Database ------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_OWNER_URL" if AS_OWNER else "DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = "-c search_path=public,published"  # released figures have their own
if not AS_OWNER:  # time-outs of R12: nobody waits for ever
    DATABASES["default"]["OPTIONS"]["connect_timeout"] = 5
    DATABASES["default"]["OPTIONS"]["options"] += (
        " -c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=15s"
    )
ATOMIC_REQUESTS = False  # a look is recorded in autocommit, before the answer (docs/house.md)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "campion_cache"}}

PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# People and sign-in --------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "campion.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    env("CAMPION_PASSWORD_HASHER", default="django.contrib.auth.hashers.PBKDF2PasswordHasher"),
    *(["django.contrib.auth.hashers.PBKDF2PasswordHasher"] if env("CAMPION_PASSWORD_HASHER", default="") else []),
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "front"

SECOND_FACTOR = env.bool("CAMPION_SECOND_FACTOR", True)
"""Every role needs one; only a demonstration may switch it off."""

ACCOUNT_ADAPTER = "campion.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "campion.accounts.SocialAccountAdapter"
MFA_ADAPTER = "campion.accounts.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from the force's directory, and sign-up is closed
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"reset_password": "campion.accounts_forms.ForgottenPassword"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # anybody could have mail sent to anybody
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,20/h/ip"}  # R17
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Campion"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {}
if env("OIDC_SERVER_URL", default=""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "force",
                "name": env("OIDC_NAME", default="your force account"),
                "client_id": env("OIDC_CLIENT_ID"),
                "secret": env("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env("OIDC_SERVER_URL"), "oauth_pkce_enabled": True},
            }
        ]
    }

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 15 * 60
SESSION_WARN_SECONDS = 13 * 60
SESSION_TOUCH_SECONDS = 60
"""A GET writes the session's clock at most once a minute."""

# The outside of a page -----------------------------------------------------------------------------------------------

_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = _prefix + "campion-session"
CSRF_COOKIE_NAME = _prefix + "campion-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "campion.middleware.csrf_refused"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^live$", r"^ready$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # not no-referrer: the CSRF check needs it
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
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
_UNUSED = """
    accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope magnetometer
    microphone midi payment usb
"""
PERMISSIONS_POLICY = {feature: [] for feature in _UNUSED.split()}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # 2.5 MB without files (R16)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 40  # twice what a report takes: the 21st is refused by name, with its sentence
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = ["campion.uploads.LimitedUpload"]
FILE_UPLOAD_PERMISSIONS = 0o600

# Files ---------------------------------------------------------------------------------------------------------------

FILES = Path(env("CAMPION_FILES", default=str(ROOT / "var" / "files")))
"""Where evidence is kept: private, served only through a permission check."""
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("CAMPION_STATIC_ROOT", default=str(ROOT / "staticfiles")))
STATICFILES_DIRS = [
    ROOT / "static" / "assets",
    ("js", ROOT / "static" / "js"),
    ("built", Path(env("CAMPION_BUILT", default=str(ROOT / "static" / "built")))),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {
        "BACKEND": env("CAMPION_STATIC_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}

# Time and words ------------------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_I18N = True

# Mail and queue ------------------------------------------------------------------------------------------------------

globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
SITE_ADDRESS = env("SITE_ADDRESS", default="http://localhost:8000" if DEMO else f"https://{ALLOWED_HOSTS[0]}").rstrip(
    "/"
)
"""What links in messages begin with; never taken from a request."""
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="campion@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
NOTIFY_API_KEY = env("NOTIFY_API_KEY", default="")
"""A key of GOV.UK Notify: with it and a template every mail leaves that way, and without both by SMTP (ADR 13)."""
NOTIFY_TEMPLATE = env("NOTIFY_TEMPLATE", default="")
NOTIFY_URL = env("NOTIFY_URL", default="https://api.notifications.service.gov.uk").rstrip("/")

Q_CLUSTER = {
    "name": "campion",
    "orm": "default",
    "workers": 2,  # one may draw a release for minutes while the other sends
    "timeout": 120,
    "retry": 180,
    "max_attempts": 12,
    "ack_failures": False,
    "catch_up": False,
    "label": "Queue",
}

# Logs: to standard error, one line each, no words of anybody ---------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "campion.logs.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
DEFAULT_EXCEPTION_REPORTER = "campion.logs.NoLocals"

# Limits of the product -----------------------------------------------------------------------------------------------

DRAFT_DAYS = 30
DRAFT_WARNING_DAYS = 23
"""A draft is kept 30 days after its last save, and its end is told from day 23."""
NARRATIVE_CHARACTERS = 20_000
EVIDENCE_FILE_BYTES = 20 * 1024 * 1024
EVIDENCE_REPORT_BYTES = 100 * 1024 * 1024
EVIDENCE_FILES = 20
EVIDENCE_PIXELS = 50_000_000
"""Limits of R16."""
FOOTAGE_WARNING_DAYS = 14
"""How long before footage is deleted a report says so plainly."""
EVIDENCE_SCANNER = env("CAMPION_EVIDENCE_SCANNER", default="")
"""The dotted name of a function that looks for malware in bytes and names what it found; none by default."""
