"""A checked batch in Python: its map and its Word documents, from the report itself."""

import re

import docx
import pytest
import shapely
from pyproj import CRS

import geoplan
from geoplan import sample
from geoplan.plot import Plot
from geoplan.sites.site import Site


@pytest.fixture(scope="module")
def checked():
    study = geoplan.open_study(sample.gridtown_folder())
    shape = shapely.box(500300, 4334300, 500400, 4334400)
    site = Site("20250001", "a.txt", "0" * 64, "方格项目", (Plot("1", "", shape, shape, CRS("EPSG:4548")),))
    return geoplan.check(site, study=study)


def test_a_batch_without_control_data_is_not_clear(checked):
    assert checked.verdict == "not_checked"
    assert not checked.complete


def test_the_map_of_a_batch_is_one_page_without_a_network(checked):
    page = checked.map()
    assert "方格项目" in page
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=.?https?:", page)


def test_every_project_gets_its_word_document(checked, tmp_path):
    (path,) = checked.to_docx(tmp_path / "意见")
    text = "\n".join(p.text for p in docx.Document(str(path)).paragraphs)
    assert "方格项目" in text
    assert "不得视为不涉及" in text
