"""Devices in words, from what their browsers say of themselves."""

from __future__ import annotations

from flask_babel import gettext as _

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Marks in the order in which they tell: nearly every browser also names Chrome and Safari."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """`Firefox, Windows`; what is known of neither is shown as it came."""
    known = [
        next((word for mark, word in marks if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    ]
    words = [word for word in known if word]
    return ", ".join(words) or user_agent[:60] or str(_("unknown device"))
