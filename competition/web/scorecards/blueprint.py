"""The one blueprint that all pages of scorecards belong to."""

from flask import Blueprint

blueprint = Blueprint("scorecards", __name__)
