"""How amounts are printed by zone: what is counted, and beside it what nobody knows."""

import dataclasses

from geoplan.draw.voice import Voice
from geoplan.draw.zone_tables import zone_tables
from geoplan.measure import Row, Total


def table(results, measure):
    result = next(r for r in results.results if r.outcome is not None)
    analysis = dataclasses.replace(result.analysis, unit="公顷", method="quantity")
    outcome = dataclasses.replace(result.outcome, measure=measure, weights={})
    level = next(iter(results.place.zones))
    result = dataclasses.replace(result, outcome=outcome, analysis=analysis, judged=())
    return zone_tables(result, {level: results.place.zones[level]}, Voice("en"))[0], level


def rows(zones, *amounts):
    return tuple(
        Row(zone, name, amount)
        for zone, name, amount in zip((*zones.ids, None), (*zones.names, ""), amounts, strict=True)
    )


def test_what_is_unknown_stands_beside_what_is_counted(results):
    level, zones = next(iter(results.place.zones.items()))
    sure, doubt = [10_000.0] * len(zones.ids), [0.0] * len(zones.ids)
    sure[0], doubt[0] = None, 500.0
    doubt[1] = 2_500.0
    measure = Total(50_000.0, {level: rows(zones, *sure, 0.0)}, "m2", 3_000.0, {level: rows(zones, *doubt, 0.0)})
    printed, _ = table(results, measure)
    assert [head.text for head in printed.heads][1:] == ["Value (ha)", "Unknown area (ha)"]
    assert [cell.text for cell in printed.rows[0]][1:] == ["5.0000", "0.3000"]
    # a zone the data do not cover has neither
    assert [cell.text for cell in printed.rows[1]][1:] == ["—", "—"]
    assert [cell.text for cell in printed.rows[2]][1:] == ["1.0000", "0.2500"]


def test_where_all_is_known_there_is_one_column(results):
    level, zones = next(iter(results.place.zones.items()))
    nothing = rows(zones, *[0.0] * (len(zones.ids) + 1))
    printed, _ = table(results, Total(0.0, {level: nothing}, "m2", 0.0, {level: nothing}))
    assert len(printed.heads) == 2
