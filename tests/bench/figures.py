"""Figures, budgets and verdicts, and the table that shows them. Nothing is measured here."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

OK, OVER, UNMEASURED = "ok", "OVER", "NOT MEASURED"


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    return _ranked(values, 95)


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not exceed (nearest rank)."""
    return _ranked(values, 99)


def _ranked(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a bare application costs, in the same run as everything else."""

    paint_ms: float
    """T: from start to first paint."""
    key_ms: float
    """K: from a key to the last byte it causes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    id: str
    what: str
    figure: float | None
    """None: it could not be measured, and `note` says why."""
    unit: str = "ms"
    budget: float | None = None
    """The most that is allowed, in the same unit; None for a figure without one."""
    measure: float | None = None
    """The yardstick that the ratio is taken against; a plain count is set against its budget."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure in units of its yardstick, or of its budget where there is no yardstick."""
        against = self.measure if self.measure is not None else self.budget
        return self.figure / against if self.figure is not None and against else None

    @property
    def verdict(self) -> str:
        """`ok`, `OVER`, `NOT MEASURED`, or nothing for a figure without a budget."""
        if self.figure is None:
            return UNMEASURED
        if self.budget is None:
            return ""
        return OK if self.figure <= self.budget else OVER

    def as_json(self) -> dict[str, object]:
        """All of it, for a file."""
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}


def over_yardstick(number: str, what: str, figure: float, times: float, yardstick: float) -> Row:
    """Return a row whose budget is so many *times* a yardstick."""
    return Row(number, what, figure, budget=times * yardstick, measure=yardstick)


def unmeasured(number: str, what: str, why: str) -> Row:
    """Return the row of a figure that could not be taken."""
    return Row(number, what, None, note=why)


def table(rows: Sequence[Row]) -> str:
    """The rows as text for people."""
    cells = [("", "what", "figure", "budget", "ratio", "verdict"), *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    aligned = ("<", "<", ">", ">", ">", "<")
    return "\n".join(
        "  ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(line, aligned, widths, strict=True)
        ).rstrip()
        for line in cells
    )


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    figure = "-" if row.figure is None else _number(row.figure, row.unit)
    budget = "" if row.budget is None else _number(row.budget, row.unit)
    note = f"  {row.note}" if row.note else ""
    return row.id, row.what, figure, budget, ratio, row.verdict + note


def _number(value: float, unit: str) -> str:
    digits = 1 if unit == "ms" and value < 100 else 2 if unit.startswith("%") else 0
    return f"{value:,.{digits}f} {unit}".rstrip()
