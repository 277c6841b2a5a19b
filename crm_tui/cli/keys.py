"""``crm-tui keys``: the table of all keys as they are here, the user's own among them.  It changes nothing."""

from __future__ import annotations

from crm_tui.cli.output import explain, say
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.keys import key_table
from crm_tui.commands.remaps import keymap
from crm_tui.config.errors import ConfigError
from crm_tui.config.settings import Settings
from crm_tui.process import DONE
from crm_tui.text import safe


def run_keys() -> int:
    """Print the table, and beside it what is wrong with the user's keys; returns the exit code.

    Keys that could not be had are no failure: the table shows what serves instead.
    """
    try:
        settings = Settings.load()
    except ConfigError as error:
        return explain(error)
    found = keymap(CATALOGUE, settings.keys)
    for sentence in found.report:
        say(f"crm-tui: {safe(sentence)}")
    if found.report:
        say("crm-tui: A command with such keys has its own instead.")
    print(key_table(found.commands), flush=True)
    return DONE
