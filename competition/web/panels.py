"""Pages of panels."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("panels", __name__)
