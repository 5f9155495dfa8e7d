"""An application that shows every component, without a database: for tests and for the eye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, flash, render_template, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.file import FileField
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    EmailField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import DataRequired, Length, Optional

from competition import paths
from competition.extensions import db, login_manager
from competition.models import LocalText
from competition.web import charts, formats, preferences
from competition.web.security import CONTENT_SECURITY_POLICY
from competition.web.visitors import load_visitor
from tests.support.settings import settings_for
from tests.support.templates import MEMORY

NOW = datetime(2026, 11, 22, 6, 32, 8, tzinfo=UTC)
SHANGHAI_MIDNIGHT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
COMPETITION = SimpleNamespace(
    id=1,
    slug="aiac-2026",
    zone="Asia/Shanghai",
    name=LocalText(en="AI Application Competition 2026", zh="人工智能应用开发大赛 2026"),
)


class LevelForm(Form):
    low = DecimalField("From", [DataRequired()])
    text = StringField("Meaning", [DataRequired()])


class EveryField(FlaskForm):  # type: ignore[misc]
    name = StringField("Captain’s name", [DataRequired()])
    email = EmailField(
        "Captain’s e-mail address",
        [DataRequired(), Length(min=90, message="Enter the captain’s e-mail address with an @")],
        description="Receipts and results go here.",
    )
    password = PasswordField("Password", [DataRequired("Enter a password")])
    summary = TextAreaField("Summary", [Optional()])
    size = IntegerField("Members", [DataRequired()])
    weight = DecimalField("Weight", [DataRequired()])
    school = SelectField("School", choices=[SelectChoice("h", "School H")])
    kind = RadioField(
        "Kind",
        [DataRequired("Choose a kind")],
        choices=[
            SelectChoice("school", "School", render_kw={"data-hint": "Teachers and researchers"}),
            SelectChoice("industry", "Industry"),
        ],
    )
    closes = DateTimeLocalField("Closes", [Optional()])
    report = FileField("Report", description="PDF, at most 20 MB.")
    title_en = StringField("English", [DataRequired()])
    title_zh = StringField("Chinese", [Optional()])
    levels = FieldList(FormField(LevelForm, label="Level"), min_entries=2, label="Levels")
    sure = BooleanField("I have no interest in any of these entries.", [DataRequired("Confirm")])


@dataclass(frozen=True)
class ALevel:
    low: Decimal
    high: Decimal
    text: LocalText


@dataclass(frozen=True)
class ACriterion:
    id: int
    name: LocalText
    description: LocalText | None = None
    scale_min: Decimal = Decimal(1)
    scale_max: Decimal = Decimal(10)
    step: Decimal = Decimal(1)
    is_reason_required: bool = True
    levels: tuple[ALevel, ...] = field(default=())


def five_levels(*texts: tuple[str, str]) -> tuple[ALevel, ...]:
    return tuple(
        ALevel(Decimal(2 * at + 1), Decimal(2 * at + 2), LocalText(en=en, zh=zh))
        for at, (en, zh) in enumerate(texts)
    )


CRITERIA = (
    ACriterion(
        1,
        LocalText(en="Problem and need", zh="问题与需求"),
        LocalText(en="Is the problem real, and who has it?", zh="问题是否真实，受益者是否明确？"),
        levels=five_levels(
            ("No problem stated", "未说明问题"),
            ("Problem assumed, no users asked", "问题为假设，未接触用户"),
            ("Plausible need, little evidence", "需求合理，证据不足"),
            ("Clear need, shown with users", "需求清楚，有用户佐证"),
            ("Pressing need, measured before and after", "需求迫切，有前后测量"),
        ),
    ),
    ACriterion(
        2,
        LocalText(en="Engineering", zh="工程实现"),
        levels=five_levels(
            ("Does not start", "无法启动"),
            ("Runs only as a demonstration", "仅能演示"),
            ("Runs, fails outside the main path", "可运行，主流程外易出错"),
            ("Robust, tested, documented", "稳健，有测试与文档"),
            ("Ready for others to operate", "可交由他人运维"),
        ),
    ),
    ACriterion(
        3,
        LocalText(en="Performance", zh="表现"),
        scale_min=Decimal(0),
        scale_max=Decimal(10),
        step=Decimal("0.25"),
        is_reason_required=False,
    ),
)
WEIGHTS = ((20, "2"), (30, "3"), (50, "5"))


@dataclass(frozen=True)
class Standing:
    rank: int
    code: str
    title: str
    team: str
    raw: Decimal
    adjusted: Decimal
    half: Decimal

    @property
    def low(self) -> Decimal:
        return self.adjusted - self.half

    @property
    def high(self) -> Decimal:
        return self.adjusted + self.half


def standings(count: int) -> Iterator[Standing]:
    """A ranking whose texts repeat no more than those of a real one would."""
    things = ("assistant", "planner", "companion", "watcher", "reader", "coach", "archive", "map")
    fields = ("physics", "lab safety", "local history", "sign language", "homework", "chemistry")
    people = ("pupils", "teachers", "nurses", "farmers", "visitors", "engineers", "libraries")
    for at in range(count):
        title = f"{fields[at * 5 % 6]} {things[at * 3 % 8]} for {people[at * 11 % 7]}".capitalize()
        yield Standing(
            at + 1,
            f"E-{(at * 37 + 11) % 997:03d}",
            title,
            f"Team {(at * 53 + 7) % 211:02d} · School {chr(65 + at * 7 % 12)}",
            Decimal(9400 - at * 31 + at * at * 7 % 290) / 100,
            Decimal(9300 - at * 33) / 100,
            Decimal(270 + at * 13 % 90) / 100,
        )


def make_gallery(data_path: Path) -> Flask:
    """The application; its pages: /, /form, /score, /board, /errors/<code>, and the preferences."""
    app = Flask("competition", static_folder=str(paths.STATIC), root_path=str(paths.PACKAGE))
    app.config.update(
        SECRET_KEY="gallery",
        BOOTSTRAP_SERVE_LOCAL=True,
        SQLALCHEMY_DATABASE_URI="sqlite://",
        BABEL_TRANSLATION_DIRECTORIES=str(paths.TRANSLATIONS),
        SETTINGS=settings_for("sqlite://", data_path),
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    here = FileSystemLoader(Path(__file__).parent / "gallery_pages")
    app.jinja_env.bytecode_cache = MEMORY
    app.jinja_loader = ChoiceLoader([here, FileSystemLoader(paths.TEMPLATES)])
    Babel(app, locale_selector=preferences.select_locale)
    Bootstrap5(app)
    CSRFProtect(app)
    db.init_app(app)
    login_manager.init_app(app, add_context_processor=False)
    login_manager.user_loader(load_visitor)
    formats.register(app)
    charts.register(app)
    app.register_blueprint(preferences.blueprint)
    app.register_blueprint(_people())
    app.register_blueprint(_pages())
    app.jinja_env.globals.update(
        navigation=_navigation,
        actor=lambda: SimpleNamespace(roles={(1, "Organizer")}),
        current_user=SimpleNamespace(is_authenticated=True, name="Li Hua 李华"),
    )
    app.jinja_env.filters["label"] = str
    app.before_request(lambda: formats.use_zone(COMPETITION.zone))
    app.after_request(_strict)
    return app


def _strict(response: Any) -> Any:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


def _navigation(competition: Any, of: Any) -> list[Any]:
    words = ("Overview", "Entries", "Judges", "Assignment", "Scoring", "Results", "Log")
    return [SimpleNamespace(label=word, url="#", is_current=word == "Results") for word in words]


def _people() -> Blueprint:
    blueprint = Blueprint("people", __name__)
    for name in ("sign_in", "sign_out", "account"):
        blueprint.add_url_rule(f"/{name}", name, lambda: "", methods=["GET", "POST"])
    return blueprint


def _pages() -> Blueprint:
    blueprint = Blueprint("gallery", __name__)
    given = {"competition": COMPETITION, "now": NOW, "deadline": SHANGHAI_MIDNIGHT}

    @blueprint.get("/")
    def components() -> str:
        flash("Saved.", "success")
        return render_template("components.html", soon=NOW + timedelta(hours=3), **given)

    @blueprint.route("/form", methods=["GET", "POST"])
    def form() -> str:
        made = EveryField()
        if request.method == "POST":
            made.validate()
            if made.report.data:
                size = len(made.report.data.read())
                made.report.errors = [f"Report of {size} bytes is not a PDF"]
        return render_template("form.html", form=made, **given)

    @blueprint.get("/score")
    def score() -> str:
        rows = list(zip(CRITERIA, WEIGHTS, strict=True))
        return render_template("score.html", rows=rows, **given)

    @blueprint.get("/board")
    def board() -> str:
        rows = list(standings(int(request.args.get("rows", 100))))
        return render_template("board.html", rows=rows, **given)

    @blueprint.get("/errors/<int:code>")
    def error(code: int) -> str:
        return render_template(f"errors/{code}.html", **given)

    return blueprint
