"""The command palette: the catalogue, found by typing part of a title."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any, ClassVar

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from crm_tui.commands.keys import written
from crm_tui.commands.spec import Command


class CataloguePalette(Provider):
    """Offers every command of the catalogue, with its key."""

    catalogue: ClassVar[tuple[Command, ...]] = ()

    async def discover(self) -> Hits:
        """List everything; what writes comes last, since enter runs what is highlighted first."""
        for command in sorted(self.catalogue, key=lambda command: command.writes):
            yield DiscoveryHit(_label(command), self._runner(command))

    async def search(self, query: str) -> Hits:
        """List what matches the typed letters, best first."""
        matcher = self.matcher(query)
        for command in self.catalogue:
            label = _label(command)
            score = matcher.match(label)
            if score > 0:
                yield Hit(score, matcher.highlight(label), self._runner(command))

    def _runner(self, command: Command) -> partial[Coroutine[Any, Any, None]]:
        return partial(self.screen.run_action, f"app.command({command.name!r})")


def palette_of(commands: Iterable[Command]) -> CommandPalette:
    """Make the palette of these commands, with the keys that they have here."""

    class Offered(CataloguePalette):
        catalogue = tuple(commands)

    return CommandPalette(providers={Offered}, placeholder="type part of what it does")


def _label(command: Command) -> str:
    return f"{command.title}  {written(command.keys[0])}"
