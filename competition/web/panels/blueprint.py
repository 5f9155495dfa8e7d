"""The blueprint that the pages of panels hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("panels", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """Sentences that only these templates need."""
    from competition.web.panels import planning_words, views

    return {
        "obstacle_words": views.obstacle_words,
        "recusal_words": views.recusal_words,
        "assignment_words": views.state_words,
        "decimal": planning_words.decimal,
        "breach_words": planning_words.breach_words,
    }
