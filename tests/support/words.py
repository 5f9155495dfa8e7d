"""What pages say, in the language of a journey."""

from __future__ import annotations

from gettext import GNUTranslations

from competition import paths


class Words:
    """Translates a message as the pages do; one without a translation is a failure."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._catalogue: GNUTranslations | None = None
        if locale.startswith("zh"):
            compiled = paths.TRANSLATIONS / "zh_Hans" / "LC_MESSAGES" / "messages.mo"
            with compiled.open("rb") as file:
                self._catalogue = GNUTranslations(file)

    def __call__(self, message: str, **facts: object) -> str:
        text = message
        if self._catalogue is not None:
            text = self._catalogue.gettext(message)
            if text == message:  # a message with a number has one form in Chinese
                text = self._catalogue.ngettext(message, message, 1)
            if text == message:
                raise LookupError(f"not in the catalogue: {message}")
        return text % facts if facts else text
