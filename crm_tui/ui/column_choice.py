"""Choosing the columns of a table: which are shown, in which order and how wide.  Values: nothing is drawn here."""

from __future__ import annotations

from typing import Final, Self

from crm_tui.domain.view import Chosen
from crm_tui.structs import Struct, replace
from crm_tui.ui.widgets.table_columns import COLUMNS, NARROWEST, WIDEST

_STEP: Final = 2
"""Cells by which a column becomes wider or narrower."""


class Option(Struct, frozen=True):
    """A column that can be chosen."""

    chosen: Chosen
    is_shown: bool

    @property
    def title(self) -> str:
        """What stands over it."""
        return COLUMNS[self.chosen.name].title


class ColumnChoice(Struct, frozen=True):
    """All columns, those that are shown and those that are not, with the cursor on one of them."""

    options: tuple[Option, ...]
    at: int = 0

    @classmethod
    def of(cls, columns: tuple[Chosen, ...]) -> Self:
        """Begin with what is shown, in its order, and behind it what is not."""
        shown = {each.name for each in columns}
        hidden = (Option(Chosen(name), is_shown=False) for name in COLUMNS if name not in shown)
        return cls((*(Option(each, is_shown=True) for each in columns), *hidden))

    @property
    def columns(self) -> tuple[Chosen, ...]:
        """The columns that are shown, in their order."""
        return tuple(each.chosen for each in self.options if each.is_shown)

    def gone(self, steps: int) -> Self:
        """Put the cursor on another column."""
        return replace(self, at=max(0, min(self.at + steps, len(self.options) - 1)))

    def toggled(self) -> Self:
        """Show the column or hide it; the last one that is shown stays."""
        option = self.options[self.at]
        if option.is_shown and len(self.columns) == 1:
            return self
        return self._with(replace(option, is_shown=not option.is_shown))

    def moved(self, steps: int) -> Self:
        """Put the column elsewhere in the order; the cursor goes with it."""
        to = self.gone(steps).at
        others = [each for each in self.options if each is not self.options[self.at]]
        others.insert(to, self.options[self.at])
        return replace(self, options=tuple(others), at=to)

    def widened(self, steps: int, drawn: int) -> Self:
        """Make the column wider or narrower; one without a width of its own begins with the cells it has, `drawn`."""
        option = self.options[self.at]
        begin = option.chosen.width or drawn or COLUMNS[option.chosen.name].width
        width = max(NARROWEST, min(begin + steps * _STEP, WIDEST))
        return self._with(replace(option, chosen=replace(option.chosen, width=width)))

    def unwidened(self) -> Self:
        """Let the column be as wide as it is by itself."""
        option = self.options[self.at]
        return self._with(replace(option, chosen=Chosen(option.chosen.name)))

    def _with(self, option: Option) -> Self:
        options = (*self.options[: self.at], option, *self.options[self.at + 1 :])
        return replace(self, options=options)
