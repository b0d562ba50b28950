"""The demo city, as layers and as files."""

import pytest

from geoplan.sample.demo import city_layers


@pytest.fixture(scope="session")
def layers():
    return city_layers()


@pytest.fixture(scope="session")
def folder(demo_city):
    """The demo as written, in a folder with a name that breaks careless programs."""
    return demo_city
