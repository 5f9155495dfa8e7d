"""Settings from the environment, and what production refuses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from competition.errors import InvalidSettings
from competition.settings import DEVELOPMENT_SECRET, Settings

SAFE: dict[str, Any] = {
    "env": "production",
    "secret_key": "x" * 32,
    "trusted_hosts": ("judging.school.example",),
    "public_url": "https://judging.school.example",
}


def test_from_environment_reads_every_kind_of_value() -> None:
    settings = Settings.from_environment(
        {
            "COMPETITION_DEBUG": "true",
            "COMPETITION_DATA_PATH": "/srv/data",
            "COMPETITION_TRUSTED_HOSTS": "a.example, b.example,",
            "COMPETITION_UPLOAD_LIMIT": "1000",
            "COMPETITION_SESSION_IDLE": "1.5",
            "COMPETITION_PORT": "9000",
            "HOME": "/root",
        }
    )
    assert settings.debug is True
    assert settings.data_path == Path("/srv/data")
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.upload_limit == 1000
    assert settings.session_idle == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("COMPETITION_DEBUG", "perhaps"),
        ("COMPETITION_UPLOAD_LIMIT", "many"),
        ("COMPETITION_SECRT_KEY", "a slip of the pen"),
    ],
)
def test_from_environment_with_a_bad_variable_names_it(variable: str, text: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment({variable: text})
    assert refusal.value.facts["key"] == variable


def test_production_with_safe_values_starts() -> None:
    assert Settings(**SAFE).is_production


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("secret_key", DEVELOPMENT_SECRET),
        ("secret_key", "short"),
        ("debug", True),
        ("trusted_hosts", ()),
        ("public_url", "http://judging.school.example"),
    ],
)
def test_production_with_an_unsafe_value_refuses_to_start(key: str, value: object) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings(**{**SAFE, key: value})
    assert refusal.value.facts["key"] == key


def test_settings_shown_keep_the_secret() -> None:
    assert "xxxx" not in repr(Settings(**SAFE))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"smtp_security": "perhaps"}, "smtp_security"),
        ({"smtp_user": "contest", "smtp_security": "none"}, "smtp_security"),
        ({"smtp_host": "mail.example"}, "mail_from"),
        ({"smtp_host": "mail.example", "mail_from": "nobody"}, "mail_from"),
    ],
)
def test_mail_settings_that_do_not_go_together_refuse_to_start(
    values: dict[str, str], key: str
) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings(**values)  # type: ignore[arg-type]
    assert refusal.value.facts["key"] == key


def test_mail_settings_shown_keep_the_password() -> None:
    assert "hidden" not in repr(Settings(smtp_password="hidden"))
