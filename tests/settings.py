"""The product's settings, in a folder of the tests' own."""

import atexit
import os
import shutil
import sys
import tempfile

# The processes that a test starts, such as workers, take the environment that the test gave them.
if "pytest" in sys.modules:
    # Each test process has its own, pytest-xdist's workers too: a broker's folder is not shared.
    VAR = tempfile.mkdtemp(prefix="minima-tests-")
    atexit.register(shutil.rmtree, VAR, ignore_errors=True)
    os.environ["VAR_DIR"] = VAR
    os.environ["SECRET_KEY"] = "only for tests"
    # Tests that want a broker start one and name it; a developer's own is never touched.
    os.environ.pop("CELERY_BROKER_URL", None)

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STATIC_ROOT, STORAGES, VAR_DIR

# Slow on purpose in production, and of no use here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest of hashed names is made by collectstatic, which tests do not need.
STORAGES |= {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT.mkdir(exist_ok=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: in memory all threads of the live server would share one connection,
    # and a request that is still under way would lock out the end of its test.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
