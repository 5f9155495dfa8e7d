"""How far numbers are exact; without NumPy, for those who only read rule books."""

MOST_PLACES = 12
"""Rounding to more places than this is no rounding: doubles do not reach further."""

LARGEST = 1e15
"""Beyond this a double has no decimals left."""

LONGEST_LABEL = 1_000
"""Characters of a name; whatever is longer is no name."""
