"""The Word report: numbered figures and tables, maps of what matters, and nothing left out without a word."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest

from geoplan.catalogue import Catalogue
from geoplan.draw.audience import Audience
from geoplan.draw.ground import Ground
from geoplan.draw.look import Looks
from geoplan.draw.maps import PLAIN, make_sheet
from geoplan.draw.pictured import pictured
from geoplan.draw.public import fitted
from geoplan.draw.voice import Voice
from geoplan.draw.word import ROWS, word
from geoplan.measure import Table

LOOKS = Catalogue.for_study().looks()
PICTURE = re.compile(r"word/media/.*\.png")


def written(results, pictures=None):
    audience = Audience("internal")
    plain = Looks.of(LOOKS, PLAIN)
    ground = Ground.of(results, plain, audience)
    sheets = {
        r.name: make_sheet(r, results, Looks.of(LOOKS, r.analysis.map or PLAIN), audience, ground)
        for r in results.results
    }
    return word(fitted(results, audience), audience, sheets, plain.theme, pictures)


def paragraphs(made):
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(made)).paragraphs]


def maps(made):
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return [name for name in archive.namelist() if PICTURE.fullmatch(name)]


def test_the_worst_are_shown_first_and_the_rest_is_said(results):
    chosen = pictured(results, 1)
    assert chosen.names == {"service_500m"}
    assert len(chosen.left) >= 1
    said = chosen.say(results, Voice("zh"))
    assert said.startswith("附图1幅：取未达标")
    assert f"另有{len(chosen.left)}项" in said
    assert results[chosen.left[0]].analysis.title["zh"] in said
    assert "maps 文件夹" in said


def test_what_a_study_asks_for_by_name_is_shown_whatever_its_verdict(results):
    asked = replace(results, asked=("tod_catchment", "park_per_capita"))
    assert pictured(asked).names == {"tod_catchment", "park_per_capita"}
    assert "点名计算" in pictured(asked).say(asked, Voice("zh"))


@pytest.mark.parametrize(
    ("language", "figure", "table"), [("zh", "图 3-1　", "表 3-1　"), ("en", "Figure 3-1", "Table 3-1")]
)
def test_a_picture_has_its_number_and_title_below_it_and_its_sources(small, language, figure, table):
    results = small(language)
    made = written(results, 1)
    said, title = paragraphs(made), results["service_500m"].analysis.title[language]
    assert len(maps(made)) == 1
    caption = next(i for i, text in enumerate(said) if text.startswith(figure))
    assert title in said[caption]
    assert "1:" in said[caption]
    assert ("资料来源" if language == "zh" else "Sources") in said[caption + 1]
    assert any(text.startswith(table) for text in said)
    assert any(text.startswith("1  ") for text in said)
    assert f"3.1  {title}" in said


def test_no_pictures_where_none_are_wanted(results):
    made = written(results, 0)
    assert maps(made) == []
    assert "附图0幅" in " ".join(paragraphs(made))


def test_the_same_results_are_the_same_bytes(results):
    assert written(results, 2) == written(results, 2)


def longer(results, rows, columns):
    first = results["service_500m"]
    table = Table.of({f"c{n}": ("count", [float(k) for k in range(rows)]) for n in range(columns)})
    told = replace(first, outcome=replace(first.outcome, tables={"long": table}))
    return replace(results, results=(told,))


def test_rows_a_page_cannot_hold_are_counted_and_said_to_stand_in_the_workbook(results):
    made = written(longer(results, 60, 3), 0)
    assert f"本表共60行，此处列{ROWS}行，其余{60 - ROWS}行见 Excel 表 scorecard.xlsx。" in paragraphs(made)
    assert max(len(table.rows) for table in docx.Document(io.BytesIO(made)).tables) == ROWS + 1


def test_a_table_wider_than_the_page_goes_on_in_a_second_one(results):
    every = docx.Document(io.BytesIO(written(longer(results, 2, 11), 0))).tables
    parts = [[cell.text for cell in table.rows[0].cells] for table in every if "c0" in table.cell(0, 0).text]
    assert [len(part) for part in parts] == [6, 6]
    assert len({*parts[0], *parts[1]}) == 11


def test_a_table_much_wider_than_the_page_is_named_with_its_size(results):
    assert any("共20列、2行，见 scorecard.xlsx" in text for text in paragraphs(written(longer(results, 2, 20), 0)))


def test_a_machine_without_chinese_letters_says_why_there_are_no_maps(results, monkeypatch):
    monkeypatch.setattr("geoplan.draw.word.font", lambda _: "")
    made = written(results)
    assert maps(made) == []
    assert "本机没有可用的中文字体，未附图；地图见 maps 文件夹。" in paragraphs(made)
