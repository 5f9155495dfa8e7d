"""Databases, the application and its client, for every test."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Two workers with two threads each would wait for one another; NumPy looks when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import flask_migrate
import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from sqlalchemy.orm import Session

from competition import paths
from competition.settings import Settings
from scripts.catalogues import compile_stale
from scripts.system_needs import find_postgresql, is_ci
from tests.support.client import PREPARED, IsolatedClient
from tests.support.databases import Databases, PostgreSQLDatabases, SQLiteDatabases
from tests.support.dialects import share_compiled_statements
from tests.support.places import fast_folder
from tests.support.postgresql import Cluster
from tests.support.routing import SharedMap
from tests.support.scheduling import TogetherScheduling, longest_first
from tests.support.settings import settings_for
from tests.support.templates import MEMORY

share_compiled_statements()
# How long an example takes depends on who else uses the machine.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")
Flask.url_map_class = SharedMap
REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="where the tests keep their data; on postgresql only tests with a database run",
    )


def pytest_configure(config: pytest.Config) -> None:
    if _is_worker(config):
        return
    compile_stale()
    if config.getoption("database") != "postgresql" or config.option.collectonly:
        return
    binaries = find_postgresql()
    if binaries is None:
        raise pytest.UsageError("PostgreSQL's server was not found: make system")
    cluster = Cluster(binaries)
    config.add_cleanup(cluster.stop)
    # Whoever ends this run must not leave the server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cluster.start()
    config.stash[CLUSTER] = {"url": cluster.url, "conninfo": cluster.conninfo}


CLUSTER = pytest.StashKey[dict[str, str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server is."""
    node.workerinput["cluster"] = node.config.stash.get(CLUSTER, {})


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist loadfile`, some folders stay together as well."""
    return TogetherScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what has no database: it has already run, and cannot differ."""
    longest_first(items)
    if config.getoption("database") != "postgresql":
        return
    chosen = [item for item in items if "databases" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: the collector need not look at it for every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _cluster(config: pytest.Config) -> dict[str, str]:
    if _is_worker(config):
        return dict(config.workerinput["cluster"])  # type: ignore[attr-defined]
    return config.stash[CLUSTER]


def _migrate(url: str) -> None:
    from competition.app import create_app
    from competition.extensions import db

    app = create_app(settings_for(url, Path("unused")))
    with app.app_context():
        flask_migrate.upgrade(directory=str(paths.MIGRATIONS))
        db.engine.dispose()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Where this run makes its databases (`--database`)."""
    if request.config.getoption("database") == "sqlite":
        with TemporaryDirectory(prefix="competition-sqlite-", dir=fast_folder()) as folder:
            yield SQLiteDatabases(Path(folder), _migrate)
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = PostgreSQLDatabases(**_cluster(request.config), worker=worker, migrate=_migrate)
    yield made
    made.close()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database of this test's own."""
    url = databases.copy()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def data_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of its own for every application; few of them ever make theirs."""
    base = tmp_path_factory.mktemp("data")
    return (base / str(number) for number in itertools.count(1))


@pytest.fixture
def settings(database_url: str, data_folders: Iterator[Path]) -> Settings:
    return settings_for(database_url, next(data_folders))


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The real application on this test's database."""
    from competition.app import create_app
    from competition.extensions import db

    made = create_app(settings)
    made.test_client_class = IsolatedClient
    made.jinja_env.bytecode_cache = MEMORY
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Switch off pytest-flask's request around every test.

    The application would run its requests inside that one, and share `g` and the session with it.
    """


@pytest.fixture(autouse=True)
def _configure_application() -> None:
    """Nor is there any use here for pytest-flask's marker of options, asked for by every test."""


@pytest.fixture(autouse=True)
def _monkeypatch_response_class() -> None:
    """Nor for its class of answers, which is made anew for every application."""


@pytest.fixture
def session(request: pytest.FixtureRequest, database_url: str) -> Iterator[Session]:
    """A session that may write, inside an application context.

    The test client commits it before every request. Services and queries need no pages: without
    the fixture `app` the application is a bare one, which is made in no time.
    """
    from competition.extensions import db, write_intent

    is_bare = "app" not in request.fixturenames
    app = _bare_app(database_url) if is_bare else request.getfixturevalue("app")
    with app.app_context(), write_intent():
        app.config[PREPARED] = made = db.session()
        yield made
        db.session.rollback()
        db.session.remove()
        if is_bare:
            db.engine.dispose()


def _bare_app(url: str) -> Flask:
    """Only the database of the application, with its engine as it always is."""
    from competition.extensions import configure_engine, db

    bare = Flask("bare")
    bare.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(bare)
    with bare.app_context():
        configure_engine(db.engine)
    return bare


@pytest.fixture
def now() -> datetime:
    """The instant at which tests take place."""
    return datetime(2026, 11, 16, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """The folder of published data sets and results, beside the checkout."""
    if not REFERENCE.is_dir():
        if is_ci():
            pytest.fail("../shared/reference is not there")
        pytest.skip("../shared/reference is not there")
    return REFERENCE
