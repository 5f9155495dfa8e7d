"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`."""

from competition.app import create_app
from config import settings

app = create_app(settings)
