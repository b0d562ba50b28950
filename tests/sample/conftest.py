"""The demo city, made once for all tests of this folder."""

import pytest

from geoplan.sample import write_demo
from geoplan.sample.demo import city_layers


@pytest.fixture(scope="session")
def layers():
    return city_layers()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The demo as written, in a folder with a name that breaks careless programs."""
    return write_demo(tmp_path_factory.mktemp("示例 城")).parent
