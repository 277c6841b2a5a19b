"""The arithmetic of the report: timings are never asserted, but what is made of them is."""

import pytest

from tests.bench.figures import Row, median, over_yardstick, p95, table, unmeasured


class TestStatistics:
    """Medians and percentiles of few samples."""

    def test_median(self) -> None:
        assert median([3, 1, 2]) == 2
        assert median([4, 1, 2, 3]) == 2.5

    @pytest.mark.parametrize(("count", "expected"), [(1, 1), (10, 10), (20, 19), (100, 95)])
    def test_p95_is_the_nearest_rank(self, count: int, expected: int) -> None:
        assert p95(list(range(count, 0, -1))) == expected


class TestVerdict:
    """A figure is set against a multiple of a yardstick, or against a count."""

    def test_ratio_is_in_units_of_the_yardstick(self) -> None:
        row = over_yardstick("P0", "start", 900, 4, 300)
        assert (row.budget, row.ratio, row.verdict) == (1200, 3, "ok")

    def test_the_budget_itself_is_allowed(self) -> None:
        assert Row("P4", "key", 700, "bytes", budget=700).verdict == "ok"
        assert Row("P4", "key", 701, "bytes", budget=700).verdict == "OVER"

    def test_nothing_allowed_has_no_ratio(self) -> None:
        assert Row("P3", "modules", 0, "", budget=0).ratio is None
        assert Row("P3", "modules", 1, "", budget=0).verdict == "OVER"

    def test_a_figure_without_budget_has_no_verdict(self) -> None:
        assert Row("T", "paint", 300).verdict == ""

    def test_what_is_missing_is_said(self) -> None:
        row = unmeasured("P4", "scroll", "no column was long enough")
        assert (row.ratio, row.verdict) == (None, "NOT MEASURED")
        assert "no column was long enough" in table([row])

    def test_a_file_holds_what_the_table_shows(self) -> None:
        row = over_yardstick("P0", "start", 900, 4, 300).as_json()
        assert (row["figure"], row["ratio"], row["verdict"]) == (900, 3, "ok")


class TestTable:
    """The table lines up and leaves nothing at the ends of its lines."""

    def test_columns_line_up(self) -> None:
        rows = [Row("T", "paint", 300.04), over_yardstick("P0", "start", 1234, 4, 300)]
        assert table(rows).splitlines() == [
            "    what     figure    budget  ratio  verdict",
            "T   paint    300 ms",
            "P0  start  1,234 ms  1,200 ms   4.11  OVER",
        ]
