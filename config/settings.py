"""Settings, all of them from the environment; docs/configuration.md is their table.

Without any variable the product runs embedded: SQLite and a broker of files under VAR_DIR.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from config import database, mail, single_sign_on
from grader import broker


def env_bool(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def env_list(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def secret_key() -> str:
    """Return SECRET_KEY, or the content of SECRET_KEY_FILE; embedded, a key of its own is kept."""
    if key := os.environ.get("SECRET_KEY", ""):
        return key
    if path := os.environ.get("SECRET_KEY_FILE", ""):
        return Path(path).read_text().strip()
    if os.environ.get("DATABASE_URL", ""):
        # Web processes on several machines must share one: nothing here could make it for them.
        raise ImproperlyConfigured("With DATABASE_URL, set SECRET_KEY or SECRET_KEY_FILE as well.")
    return kept_secret(VAR_DIR / "secret_key")


def kept_secret(path: Path) -> str:
    """Return the secret in `path`, made at the first call, whichever process comes first."""
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, prefix="secret_key.") as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text().strip()


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env_bool("DEBUG")
SECRET_KEY = secret_key()
# Keys of before: what they signed or sealed still opens.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")

# The address that people and other systems use; links in invitations begin with it.
BASE_URL = os.environ.get("BASE_URL", "http://localhost:8000").rstrip("/")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or [
    urlsplit(BASE_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.static_files.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *single_sign_on.PROTOCOLS,
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "questions",
    "assessments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Of the candidate's pages alone: the desk is English in every browser.
    "assessments.candidate.language.CandidateLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "assessments.at_work.OneOrganisation",
    # Every view asks for a login unless it says @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assessments.second_factor.NeedsSecondFactor",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            BASE_DIR / "config" / "templates",
            # Each room keeps its pages with its views.
            BASE_DIR / "questions" / "authoring" / "templates",
            BASE_DIR / "questions" / "study" / "templates",
            BASE_DIR / "assessments" / "candidate" / "templates",
            BASE_DIR / "assessments" / "recruiter" / "templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

DATABASES = database.settings(os.environ, VAR_DIR)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "assessments.User"
# Whose questions are their own: the bank knows nothing else of it.
ORGANISATION_MODEL = "assessments.Organisation"
# Who may write questions, and what candidates see of them.
AUTHORING_HOUSE = "assessments.authorship.Desk"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
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
# Members are made by a command or by an invitation, never by signing up.
ACCOUNT_ADAPTER = "assessments.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {"login": "assessments.recruiter.forms.SignInForm"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Who forgot a password is written to; who has no account is not.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# A changed password or second factor is told by e-mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "assessments.second_factor.MFAAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = f"Minima ({urlsplit(BASE_URL).netloc})"
# Half a minute before and after: not every phone's clock is right.
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys without TLS on this machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
SOCIALACCOUNT_ADAPTER = "assessments.single_sign_on.SocialAccountAdapter"
SAML = single_sign_on.SAML
SOCIALACCOUNT_PROVIDERS = single_sign_on.settings(os.environ)
# A form may lead to this site alone, so that the way to a provider is a link.
SOCIALACCOUNT_LOGIN_ON_GET = True

_MAIL = mail.settings(os.environ)
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
# A worker that waits for a silent server sends nothing else meanwhile.
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "minima@localhost")

# What a browser may do ----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # The nonce is for the one style element that the code editor writes by itself.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False  # The proxy that ends TLS redirects.
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
BEHIND_PROXY = env_bool("BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Whose sign-ins are counted: the address that the proxy saw, which is the last one.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# A body is never larger than 64 KiB of source, escaped by JSON, and some room.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# Files --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [path for path in [BASE_DIR / "frontend" / "dist"] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Compressing takes seconds: nobody asks for the other names, and only a debugger for these.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]

# What is counted in passing, as sign-ins and used codes, is kept where all processes look. A full
# cache drops a third of what it has, live or not, counts that limit guessing among them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "passing_counts",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# The queue ----------------------------------------------------------------------------------------
# Without a broker's address messages are files, and this machine grades by itself.
EMBEDDED = not os.environ.get("CELERY_BROKER_URL")
_BROKER = broker.settings(os.environ.get("CELERY_BROKER_URL", ""), VAR_DIR)
CELERY_BROKER_URL = _BROKER["broker_url"]
CELERY_BROKER_TRANSPORT_OPTIONS = _BROKER["broker_transport_options"]
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not EMBEDDED
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Whoever sends does not wait long for a dead broker: the sweep sends again what was not sent.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# Every task may run twice, so a message is acknowledged only when its work is done.
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# How often the sweep looks, and how long a submission may take before its message counts as lost.
SWEEP_SECONDS = float(os.environ.get("SWEEP_SECONDS", "10"))
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS", "30"))
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "assessments.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    # Attempts close at their deadline whoever looks. Where no worker takes these messages they are
    # dropped, for each of them does what all before it had to do.
    "close-overdue": {
        "task": "assessments.tasks.close_overdue",
        "schedule": 1.0,
        "options": {"expires": 10.0},
    },
    # In the night of most of those who sit an assessment; what it finds has waited for months.
    "erase-outlived": {
        "task": "assessments.tasks.erase_outlived",
        "schedule": crontab(hour=3, minute=17),
    },
    # What was handed in and compared with nothing: its message got lost.
    "find-missed": {
        "task": "assessments.tasks.find_missed",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget-lists": {
        "task": "assessments.tasks.forget_lists",
        "schedule": crontab(hour=3, minute=37),
    },
    "forget-previews": {
        "task": "assessments.tasks.forget_previews",
        "schedule": crontab(minute=37),
    },
    "forget-webhooks": {
        "task": "assessments.tasks.forget_webhooks",
        "schedule": crontab(hour=3, minute=57),
    },
    "forget-imports": {
        "task": "questions.tasks.forget_imports",
        "schedule": crontab(hour=3, minute=47),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

# Other systems ------------------------------------------------------------------------------------
# For development alone: without it nothing is sent to addresses of one's own network, or by http.
WEBHOOKS_ALLOW_PRIVATE = env_bool("WEBHOOKS_ALLOW_PRIVATE")

# The API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["assessments.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "assessments.api.permissions.HasScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["assessments.api.throttling.TokenThrottle"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "assessments.api.wire.AlwaysJSON",
    "DEFAULT_PARSER_CLASSES": ["assessments.api.wire.BoundedJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "assessments.api.summaries.DescribedSchema",
    "EXCEPTION_HANDLER": "assessments.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
}
API_REQUESTS_PER_MINUTE = int(os.environ.get("API_REQUESTS_PER_MINUTE", "6000"))
# How much code one token may have graded in a day, in UTC; 0 for as much as it likes.
API_SUBMISSIONS_PER_DAY = int(os.environ.get("API_SUBMISSIONS_PER_DAY", "0"))
SPECTACULAR_SETTINGS = {
    "TITLE": "Minima",
    "DESCRIPTION": "Have loss functions graded, and read what candidates achieved.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENFORCE_NON_BLANK_FIELDS": True,
    # Where two resources have a field of one name, each with values of its own.
    "ENUM_NAME_OVERRIDES": {
        "InvitationStateEnum": "assessments.models.Invitation.State",
        "AttemptStateEnum": "assessments.models.Attempt.State",
        "ExportStateEnum": "assessments.models.Export.State",
        "ExportKindEnum": "assessments.models.Export.Kind",
        "DeliveryStateEnum": "assessments.models.WebhookDelivery.State",
        "PartKindEnum": "assessments.models.PartScore.Kind",
        "QuestionKindEnum": "questions.kinds.choices",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "assessments.api.documentation.complete",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}

# Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Of the candidate's pages and e-mails; docs/translating.md says how to add one.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# Before those of other packages, which may mean something else by the same word.
LOCALE_PATHS = [BASE_DIR / "assessments" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE = SECURE
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Django's own handlers would print every line a second time.
    "loggers": {"django": {"handlers": [], "propagate": True}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
