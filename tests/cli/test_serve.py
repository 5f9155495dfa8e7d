"""Where the commands that serve pages say that they are, and where their links lead."""

from __future__ import annotations

from competition.cli.serve import served_at
from competition.settings import Settings


def test_serving_on_another_port_makes_links_that_lead_there() -> None:
    made = Settings.from_environment({}, **served_at({}, "127.0.0.1", 9000))
    assert made.public_url == "http://127.0.0.1:9000"


def test_serving_behind_a_name_of_its_own_keeps_to_that_name() -> None:
    environment = {"COMPETITION_PUBLIC_URL": "https://judge.example"}
    made = Settings.from_environment(environment, **served_at(environment, "127.0.0.1", 9000))
    assert made.public_url == "https://judge.example"
