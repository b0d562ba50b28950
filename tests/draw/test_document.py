"""results.json keeps to its schema, and says exactly what was found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from geoplan.draw.document import as_json, document
from geoplan.measure import Change, Column, Flow, Index, Outcome, Row, Table
from geoplan.result import Result, Results
from geoplan.words import Language

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text(encoding="utf-8"))
KEYS = [
    "analysis", "title", "kind", "unit", "value", "status", "reason", "part", "whole", "unknown", "ceiling", "basis",
    "weights", "before", "after", "gained", "lost", "slivers", "by_zone", "additive", "table", "targets", "ledger", "ids",
    "deficits", "reported",
]  # fmt: skip


def told(results: Results) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(as_json(document(results)))
    return loaded


def of(results: Results, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in told(results)["results"] if r["analysis"] == name)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_document_keeps_to_its_schema(small: Callable[[Language], Results], language: Language) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(told(small(language)))


def test_the_schema_refuses_what_is_not_agreed(results: Results) -> None:
    wrong = told(results)
    wrong["results"][0]["verdict"] = "met"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(wrong)


def test_a_result_has_exactly_the_agreed_keys_in_order(results: Results) -> None:
    for result in told(results)["results"]:
        assert list(result) == sorted(KEYS)


def test_amounts_stand_in_engine_units_and_only_value_and_gap_in_the_unit_of_the_definition(results: Results) -> None:
    shore = of(results, "natural_shoreline")
    assert (shore["part"], shore["whole"], shore["unit"]) == (5123.4567, 12345.6789, "%")
    assert shore["value"] == pytest.approx(41.4999996)
    assert shore["targets"][0]["gap"] == pytest.approx(3.5000004)
    assert shore["targets"][0]["need"]["unit"] == "m"


def test_floor_and_ceiling_and_unknown_are_kept_apart(results: Results) -> None:
    service = of(results, "service_500m")
    assert (service["value"], service["unknown"], service["ceiling"]) == (50.0, 1.0, pytest.approx(66.66666667))
    assert service["weights"]["population"] == {
        "value": pytest.approx(38.70967742),
        "part": 600.0,
        "whole": 1550.0,
        "unknown": 50.0,
    }


def test_what_would_close_the_gap_is_listed(results: Results) -> None:
    due = next(t for t in of(results, "service_500m")["targets"] if t["year"] == 2030)
    assert [f["id"] for f in due["need"]["features"]] == ["p4", "p5"]


def test_no_value_is_null_with_its_reason(results: Results) -> None:
    for name, status in (("transit_800m", "no_data"), ("wetland_protection", "not_applicable")):
        found = of(results, name)
        assert (found["value"], found["status"], bool(found["reason"])) == (None, status, True)
    assert of(results, "transit_800m")["kind"] is None


def test_the_row_of_no_zone_is_there_and_levels_say_whether_they_add_up(results: Results) -> None:
    found = of(results, "green_coverage")
    assert [row["zone"] for row in found["by_zone"]["districts"]] == ["d1", "d2", None]
    assert found["additive"] == {"districts": True, "communities": False}


def test_every_table_and_fact_is_there(results: Results) -> None:
    whole = told(results)
    assert whole["tables"]["tod_catchment"]["stations"]["columns"][3] == {"name": "radius_area", "unit": "m2"}
    assert whole["facts"]["service_500m"] == {"straight.value": 83.333, "estimated": 2.0}


def test_a_change_and_an_index_are_told(results: Results) -> None:
    from dataclasses import replace

    one = results.results[0]
    change = Outcome(Change(Flow(100.0, 5.0, 20.0, 1.0), {"districts": (Row("d1", "x", Flow(100.0, 5.0, 20.0)),)}))
    index = Outcome(
        Index(0.5, {"districts": (Row("d1", "x", None),)}),
        tables={"t": Table((Column("n"),), ((np.float64("nan"),), (np.int64(3),)))},
    )
    changed, indexed = (Result(one.analysis, "ok", None, o) for o in (change, index))
    found = told(replace(results, results=(changed, indexed)))["results"]
    assert [found[0][k] for k in ("kind", "before", "after", "gained", "lost", "slivers")] == [
        "change",
        100.0,
        85.0,
        5.0,
        20.0,
        1.0,
    ]
    assert found[0]["by_zone"]["districts"][0]["value"] == pytest.approx(-1500.0)
    assert found[1]["by_zone"]["districts"][0]["value"] is None
    assert found[1]["table"]["rows"] == [[None], [3]]


def test_a_number_that_is_none_is_refused_rather_than_written() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        as_json({"a": float("inf")})
