"""Names of people and organizations as they are compared."""

from __future__ import annotations

import unicodedata

LENGTH_MAX = 200


def name_key(name: str) -> str:
    """The name as names are compared: folded width and case, single spaces.

    >>> name_key("  Ｓｃｈｏｏｌ　A ")
    'school a'
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())[:LENGTH_MAX]


def bare_key(name: str) -> str:
    """The letters and digits of the key alone: hyphens, dots, brackets and spaces vary.

    >>> bare_key("School-A (East)") == bare_key("School A East")
    True
    """
    return "".join(letter for letter in name_key(name) if letter.isalnum())
