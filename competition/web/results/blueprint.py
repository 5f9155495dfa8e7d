"""The blueprint that the pages of this feature share."""

from flask import Blueprint

blueprint = Blueprint("results", __name__)
