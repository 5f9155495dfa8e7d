"""The application factory: the one place where parts are joined."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from competition import paths
from competition.adapters.passwords import Passwords
from competition.extensions import (
    Migrations,
    babel,
    bootstrap,
    configure_engine,
    csrf,
    db,
    login_manager,
)
from competition.settings import Settings
from competition.web import (
    assets,
    charts,
    errors,
    formats,
    front,
    health,
    logging,
    navigation,
    page_cache,
    panels,
    people,
    preferences,
    record,
    results,
    rounds,
    rubrics,
    scorecards,
    security,
    submissions,
    tables,
    uploads,
)
from competition.web.preferences import select_locale
from competition.web.visitors import load_visitor

PAGES = (
    health,
    preferences,
    people,
    rounds,
    rubrics,
    submissions,
    panels,
    tables,
    scorecards,
    results,
    record,
)


def create_app(settings: Settings) -> Flask:
    """A ready application; opens no connection before the first request."""
    app = Flask(
        "competition",
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
        root_path=str(paths.PACKAGE),
    )
    app.config.from_mapping(flask_config(settings))
    app.config["SETTINGS"] = settings
    app.extensions["passwords"] = Passwords(
        memory=settings.argon2_memory, time=settings.argon2_time
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    logging.register(app)  # first: what an extension refuses has the id of its request as well
    join_extensions(app)
    security.prepare(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    parts = (
        security,
        errors,
        formats,
        charts,
        navigation,
        uploads,
        assets,
        page_cache,
        front,
    )
    for part in parts:
        part.register(app)
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """The settings in the words of Flask and its extensions."""
    return {
        "SECRET_KEY": settings.secret_key,
        "DEBUG": settings.debug,
        "TESTING": settings.env == "testing",
        "SQLALCHEMY_DATABASE_URI": absolute_sqlite(settings.database_url),
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": not settings.database_url.startswith("sq")},
        "MAX_CONTENT_LENGTH": settings.request_limit,
        "MAX_FORM_MEMORY_SIZE": settings.request_limit,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_production,
        "PREFERRED_URL_SCHEME": settings.public_url.partition(":")[0],
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
        "BABEL_TRANSLATION_DIRECTORIES": str(paths.TRANSLATIONS),
        "DEFAULT_LOCALE": settings.default_locale,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form filled in slowly is not lost
        "SEND_FILE_MAX_AGE_DEFAULT": 0 if settings.debug else 3600,
    }


def absolute_sqlite(url: str) -> str:
    """A relative SQLite file means one below the working folder; its folder is made."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url == "sqlite:///:memory:":
        return url
    path = Path(url.removeprefix(prefix)).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"{prefix}{path}"


def join_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
    app.extensions["migrate"] = Migrations(app, str(paths.MIGRATIONS))
    babel.init_app(app, locale_selector=select_locale)
    bootstrap.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.login_view = "people.sign_in"
    login_manager.login_message = None
    login_manager.session_protection = None  # sessions are rows that can be revoked
    login_manager.user_loader(load_visitor)
