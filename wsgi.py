"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`."""

import os

# Requests run side by side already. NumPy looks when it is loaded, so this comes first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from competition.app import create_app
from config import settings

app = create_app(settings)
