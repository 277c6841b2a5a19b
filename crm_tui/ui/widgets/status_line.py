"""The status line: of all that could be said it says the one thing that matters most now.

What can follow the keys typed so far goes before the last message, that before what is wrong, and that before why
there is nothing to see.  It words nothing itself.
"""

from __future__ import annotations

from crm_tui.ui.widgets.line import Line, Pieces


class StatusLine(Line):
    """One line that says what is going on."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the framework's name for it
        super().__init__(id=id)
        self._expected: Pieces = ()
        self._message: Pieces = ()
        self._trouble: Pieces = ()
        self._emptiness: Pieces = ()
        self._progress: Pieces = ()

    def expect(self, what: Pieces) -> None:
        """Say what can follow the keys typed so far; nothing when none is pending."""
        self._expected = what
        self._say()

    def say(self, message: Pieces) -> None:
        """Show a message until the next one."""
        self._message = message
        self._say()

    def worry(self, trouble: Pieces) -> None:
        """Say what is wrong, until it is not; a new trouble takes the place of the last message."""
        if trouble and trouble != self._trouble:
            self._message = ()
        self._trouble = trouble
        self._say()

    def excuse(self, emptiness: Pieces) -> None:
        """Say why there is nothing to see, if there is nothing better to say."""
        self._emptiness = emptiness
        self._say()

    def go_on(self, progress: Pieces) -> None:
        """Show at the right what is being done."""
        self._progress = progress
        self._say()

    @property
    def is_worried(self) -> bool:
        """Say whether something is wrong."""
        return bool(self._trouble)

    def _say(self) -> None:
        said = self._expected or self._message or self._trouble or self._emptiness
        self.show(said, self._progress)
