"""The settings of this deployment, read from the environment; only `wsgi.py` imports it."""

import os

from competition.settings import Settings

settings = Settings.from_environment(os.environ)
