"""Both languages are complete."""

from __future__ import annotations

import pytest

from scripts.catalogues import LOCALES, complaints, extract


@pytest.mark.parametrize("locale", LOCALES)
def test_reading_a_catalogue_finds_every_message_translated(locale: str) -> None:
    assert complaints(locale) == []


def test_extracting_finds_messages_of_code_and_of_templates() -> None:
    places = {location[0].split("/")[0] for message in extract() for location in message.locations}
    assert places == {"competition", "templates"}
