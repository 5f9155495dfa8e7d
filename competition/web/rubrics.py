"""Pages of rubrics."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("rubrics", __name__)
