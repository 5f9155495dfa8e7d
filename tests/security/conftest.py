"""The application with the small world in it, made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from competition.adapters.imports import ImportStore
from competition.app import create_app
from competition.extensions import db, write_intent
from competition.web.uploads import storage
from tests.security.crawling import Visit, crawl
from tests.security.visiting import Site
from tests.security.world import Builder
from tests.support.client import IsolatedClient
from tests.support.databases import Databases
from tests.support.settings import settings_for
from tests.support.templates import MEMORY


@pytest.fixture(scope="package")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application and its world; a test that changes the database puts it back."""
    url = databases.copy()
    data = tmp_path_factory.mktemp("data")
    app = create_app(settings_for(url, data))
    app.test_client_class = IsolatedClient
    app.jinja_env.bytecode_cache = MEMORY
    with app.app_context(), write_intent():
        world = Builder(db.session(), storage(), ImportStore(data / "imports")).build()
        db.session.commit()
        db.session.remove()
    made = Site(app, world)
    yield made
    made.close()
    databases.drop(url)


CRAWLERS = ("anonymous", "organizer", "committee", "observer", "judge", "captain")


@pytest.fixture(scope="package")
def visits(site: Site) -> Mapping[str, Visit]:
    """Everything that each of them comes to by following links."""
    return {visitor: crawl(site, visitor) for visitor in CRAWLERS}
