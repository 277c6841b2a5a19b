"""Somebody at the program in a terminal, who presses the next key once the last one is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.terminal import Terminal


@dataclass
class Visitor:
    """Presses keys and waits for what is seen."""

    terminal: Terminal

    def press(self, *keys: str) -> None:
        """Press keys one by one, each once the last one is drawn."""
        for key in keys:
            self.terminal.press(key)
            self.terminal.wait_byte(1.0)
            self.terminal.wait_quiet(100)

    def see(self, pattern: str) -> None:
        """Wait for something on the screen."""
        self.terminal.wait_for(pattern)
        self.terminal.wait_quiet(100)
