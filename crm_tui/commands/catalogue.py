"""The table of everything a person can ask for.  Keys, footer, palette and help have no other source.

The order is the order of the footer and, within a group, of the help.
"""

from __future__ import annotations

from typing import Final

from crm_tui.commands.handlers import (
    copying,
    deciding,
    editing,
    moving,
    saved,
    searching,
    settling,
    tasks,
    viewing,
)
from crm_tui.commands.spec import AT_WORK, EVERYWHERE, Act, Command, Marking, Motion, ViewAct, Where

ACTIVITY: Final = frozenset({Where.ACTIVITY})

SEARCH: Final = frozenset({Where.SEARCH})

VIEWS: Final = frozenset({Where.VIEWS})

TRIAGE: Final = frozenset({Where.TRIAGE})

_COLUMNED: Final = frozenset({Where.BOARD, Where.TRIAGE})

_OVER_THE_BOARD: Final = frozenset({Where.SEARCH, Where.TRIAGE})

CATALOGUE: Final[tuple[Command, ...]] = (
    Command(
        "next-stage", "Move the card to the next stage", "Cards",
        (".", ">", "L"), moving.to_next_stage, hint="next", writes=True, where=AT_WORK,
    ),
    Command(
        "previous-stage", "Move the card to the previous stage", "Cards",
        (",", "<", "H"), moving.to_previous_stage, hint="back", writes=True, where=AT_WORK,
    ),
    Command(
        "move", "Move the card to a stage, chosen by a letter", "Cards",
        ("m",), moving.to_stage, hint="move", writes=True, where=AT_WORK,
    ),
    Command(
        "follow-up", "Set the follow-up, by a key for a day or typed", "Cards",
        ("f",), deciding.follow_up_on, hint="follow-up", writes=True, where=AT_WORK,
    ),
    Command(
        "lost", "Mark it lost, for a reason chosen by a letter", "Cards",
        ("x",), deciding.lost, hint="lost", writes=True, where=AT_WORK,
    ),
    Command(
        "won", "Mark it won", "Cards",
        ("w",), deciding.won, hint="won", writes=True, where=AT_WORK,
    ),
    Command(
        "reopen", "Open again what was won or lost", "Cards",
        ("o",), deciding.reopen, writes=True, where=AT_WORK,
    ),
    Command(
        "note", "Add a note, with the day and your name", "Cards",
        ("a",), editing.note, hint="note", writes=True, where=AT_WORK,
    ),
    Command(
        "canned-note", "Add a canned note, chosen by a letter", "Cards",
        ("N",), editing.canned_note, writes=True, where=AT_WORK,
    ),
    Command(
        "owner", "Give it to an owner, chosen by a letter", "Cards",
        ("r",), editing.owner, hint="owner", writes=True, where=AT_WORK,
    ),
    Command(
        "to-me", "Take it over as yours", "Cards",
        ("i",), editing.to_me, writes=True, where=AT_WORK,
    ),
    Command(
        "value", "Set its value, typed", "Cards",
        ("v",), editing.value, writes=True, where=AT_WORK,
    ),
    Command(
        "source", "Set its lead source, chosen by a letter", "Cards",
        ("s",), editing.source, writes=True, where=AT_WORK,
    ),
    Command(
        "type", "Set its type, chosen by a letter", "Cards",
        ("T",), editing.opportunity_type, writes=True, where=AT_WORK,
    ),
    Command(
        "task", "Make a task for the customer, with a day or none", "Cards",
        ("+",), tasks.task, writes=True, where=AT_WORK,
    ),
    Command(
        "repeat", "Decide here as you decided last", "Cards",
        (";",), viewing.running(Act.REPEAT), hint="repeat", writes=True, where=AT_WORK,
    ),
    Command(
        "lower", "Move the card down inside its stage", "Cards",
        ("J",), moving.lower, writes=True, counts=True, repeats=True,
    ),
    Command(
        "higher", "Move the card up inside its stage", "Cards",
        ("K",), moving.higher, writes=True, counts=True, repeats=True,
    ),
    Command(
        "copy-id", "Copy its id", "Cards",
        ("y i",), copying.copying(copying.ID), where=AT_WORK,
    ),
    Command(
        "copy-email", "Copy its e-mail", "Cards",
        ("y e",), copying.copying(copying.EMAIL), where=AT_WORK,
    ),
    Command(
        "copy-phone", "Copy its phone", "Cards",
        ("y p",), copying.copying(copying.PHONE), where=AT_WORK,
    ),
    Command(
        "copy-link", "Copy its link in Nexudus", "Cards",
        ("y l",), copying.copying(copying.LINK), where=AT_WORK,
    ),
    Command(
        "undo", "Take back the last change, sent or not", "Cards",
        ("u",), viewing.running(Act.UNDO), hint="undo", writes=True, where=AT_WORK,
    ),
    Command(
        "redo", "Do again what was taken back last", "Cards",
        ("U",), viewing.running(Act.REDO), writes=True, where=EVERYWHERE,
    ),
    Command(
        "restore", "Put back what our last save wrote over unseen", "Cards",
        ("ctrl+r",), viewing.running(Act.RESTORE), writes=True, where=EVERYWHERE,
    ),
    Command(
        "mark", "Mark the card, or take its mark off, and go down", "Marks",
        ("space",), viewing.marking(Marking.STEP), hint="mark", where=AT_WORK,
    ),
    Command(
        "mark-range", "Begin a range, then mark up to here", "Marks",
        ("V",), viewing.marking(Marking.RANGE), where=AT_WORK,
    ),
    Command(
        "mark-all", "Mark every card shown", "Marks",
        ("A",), viewing.marking(Marking.ALL), where=AT_WORK,
    ),
    Command(
        "mark-invert", "Mark what is not marked, and the other way round", "Marks",
        ("*",), viewing.marking(Marking.INVERT), where=AT_WORK,
    ),
    Command(
        "mark-none", "Take all marks off", "Marks",
        ("M",), viewing.marking(Marking.NONE), where=AT_WORK,
    ),
    Command(
        "cursor-left", "Go to the stage on the left", "Cursor",
        ("h", "left"), viewing.cursor(Motion.LEFT), counts=True,
    ),
    Command(
        "cursor-down", "Go one down", "Cursor",
        ("j", "down"), viewing.cursor(Motion.DOWN), counts=True, where=EVERYWHERE,
    ),
    Command(
        "cursor-up", "Go one up", "Cursor",
        ("k", "up"), viewing.cursor(Motion.UP), counts=True, where=EVERYWHERE,
    ),
    Command(
        "cursor-right", "Go to the stage on the right", "Cursor",
        ("l", "right"), viewing.cursor(Motion.RIGHT), counts=True,
    ),
    Command(
        "next-column", "Go to the next stage or lane, round the edge", "Cursor",
        ("tab",), viewing.cursor(Motion.NEXT_COLUMN), counts=True, where=_COLUMNED,
    ),
    Command(
        "previous-column", "Go to the previous stage or lane, round the edge", "Cursor",
        ("shift+tab",), viewing.cursor(Motion.PREVIOUS_COLUMN), counts=True, where=_COLUMNED,
    ),
    Command(
        "page-down", "Go down one page", "Cursor",
        ("ctrl+d", "pagedown"), viewing.cursor(Motion.PAGE_DOWN), counts=True, where=EVERYWHERE,
    ),
    Command(
        "page-up", "Go up one page", "Cursor",
        ("ctrl+u", "pageup"), viewing.cursor(Motion.PAGE_UP), counts=True, where=EVERYWHERE,
    ),
    Command(
        "cursor-first", "Go to the first", "Cursor",
        ("g g", "home"), viewing.cursor(Motion.FIRST), where=EVERYWHERE,
    ),
    Command(
        "cursor-last", "Go to the last", "Cursor",
        ("G", "end"), viewing.cursor(Motion.LAST), where=EVERYWHERE,
    ),
    Command(
        "previous-board", "Show the previous board", "Boards",
        ("(",), viewing.to_previous_board, hint="board", hint_keys="( )",
    ),
    Command(
        "next-board", "Show the next board", "Boards",
        (")",), viewing.to_next_board,
    ),
    Command(
        "board", "Show a board by its letter; archived ones too", "Boards",
        ("B",), viewing.to_board,
    ),
    Command(
        "location", "Show the boards of one location, or of all", "Boards",
        ("g l",), viewing.to_location, where=AT_WORK,
    ),
    Command(
        "filter", "Show only cards that match", "View",
        ("F",), viewing.running(Act.FILTER), hint="filter", where=AT_WORK,
    ),
    Command(
        "pane", "Show the record at the right, below, or not", "View",
        ("Z", "enter"), viewing.running(Act.PANE), hint="record", where=AT_WORK,
    ),
    Command(
        "pane-down", "Scroll the record, or the history, down", "View",
        ("ctrl+e",), viewing.running(Act.PANE_DOWN), where=EVERYWHERE,
    ),
    Command(
        "pane-up", "Scroll the record, or the history, up", "View",
        ("ctrl+y",), viewing.running(Act.PANE_UP), where=EVERYWHERE,
    ),
    Command(
        "density", "Show cards, or a line for each", "View",
        ("z",), viewing.running(Act.DENSITY),
    ),
    Command(
        "theme", "Show it in other colours, or in none", "View",
        ("g c",), viewing.to_theme, where=EVERYWHERE,
    ),
    Command(
        "activity", "Show what was asked for, and what became of it", "View",
        ("g a",), viewing.running(Act.ACTIVITY), where=AT_WORK,
    ),
    Command(
        "search", "Search the whole book", "Search",
        ("/", "g s"), viewing.running(Act.SEARCH), hint="search", where=AT_WORK,
    ),
    Command(
        "sort", "Sort by a column; once more turns it round", "Search",
        ("O",), searching.to_sort, hint="sort", where=SEARCH,
    ),
    Command(
        "next-page", "Show the next page", "Search",
        ("}",), searching.turning(1), counts=True, hint="page", hint_keys="{ }", where=SEARCH,
    ),
    Command(
        "previous-page", "Show the page before", "Search",
        ("{",), searching.turning(-1), counts=True, where=SEARCH,
    ),
    Command(
        "page-size", "Choose how many rows a page has", "Search",
        ("g n",), searching.to_page_size, where=SEARCH,
    ),
    Command(
        "export", "Write what is marked, or all found, into a file", "Search",
        ("E",), searching.to_file, hint="export", where=SEARCH,
    ),
    Command(
        "server", "Ask the server itself for what is looked for", "Search",
        ("g /", "ctrl+s"), viewing.running(Act.SERVER), where=SEARCH,
    ),
    Command(
        "columns", "Choose the columns, their order and their width", "Search",
        ("C",), viewing.running(Act.COLUMNS), hint="columns", where=SEARCH,
    ),
    Command(
        "on-board", "Show the record on its board", "Search",
        ("b",), searching.on_board, hint="board", where=_OVER_THE_BOARD,
    ),
    Command(
        "triage", "Go through what waits for you", "Triage",
        ("t",), viewing.running(Act.TRIAGE), hint="triage", where=AT_WORK - TRIAGE,
    ),
    Command(
        "skip", "Leave it out for this sitting", "Triage",
        ("S",), viewing.running(Act.SKIP), hint="skip", where=TRIAGE,
    ),
    Command(
        "pin", "Put it before all others, or back", "Triage",
        ("p",), viewing.running(Act.PIN), hint="pin", where=TRIAGE,
    ),
    Command(
        "parked", "Show what has a follow-up ahead, too, or not", "Triage",
        ("P",), viewing.running(Act.PARKED), where=TRIAGE,
    ),
    Command(
        "save-view", "Save this as a view", "Saved views",
        ("W",), saved.save, hint="save", where=SEARCH,
    ),
    Command(
        "views", "Show the saved views", "Saved views",
        ("g v",), viewing.running(Act.VIEWS), where=AT_WORK,
    ),
    Command(
        "open-view", "Open the view in the search", "Saved views",
        ("enter",), saved.acting(ViewAct.OPEN), hint="open", where=VIEWS,
    ),
    Command(
        "rename-view", "Call the view otherwise", "Saved views",
        ("r",), saved.rename, hint="rename", where=VIEWS,
    ),
    Command(
        "lower-view", "Move the view down", "Saved views",
        ("J",), saved.acting(ViewAct.LOWER), hint="order", hint_keys="J K", where=VIEWS,
    ),
    Command(
        "higher-view", "Move the view up", "Saved views",
        ("K",), saved.acting(ViewAct.HIGHER), where=VIEWS,
    ),
    Command(
        "start-view", "Open the program with the view, or no longer", "Saved views",
        ("S",), saved.acting(ViewAct.START), hint="start", where=VIEWS,
    ),
    Command(
        "delete-view", "Delete the view", "Saved views",
        ("D",), saved.delete, hint="delete", where=VIEWS,
    ),
    Command(
        "resolve", "Say how a change goes on that needs you", "Activity",
        ("enter",), settling.resolve, hint="resolve", where=ACTIVITY,
    ),
    Command(
        "retry", "Ask for it once more as it is", "Activity",
        ("r",), settling.retry, hint="retry", writes=True, where=ACTIVITY,
    ),
    Command(
        "take-back", "Take back what was done there, sent or not", "Activity",
        ("u",), settling.take_back, hint="undo", writes=True, where=ACTIVITY,
    ),
    Command(
        "next-needing", "Go to the next one that needs you", "Activity",
        ("n",), viewing.running(Act.NEXT_NEEDING), hint="next", where=ACTIVITY,
    ),
    Command(
        "entry-on-board", "Show its record on the board", "Activity",
        ("b",), settling.on_board, hint="board", where=ACTIVITY,
    ),
    Command(
        "refresh", "Ask the server what it has now", "Program",
        ("R",), viewing.running(Act.REFRESH), hint="refresh", where=EVERYWHERE,
    ),
    Command(
        "command-line", "Type a command", "Program",
        (":",), viewing.running(Act.COMMAND_LINE), hint="command", where=EVERYWHERE,
    ),
    Command(
        "palette", "Find a command by its name", "Program",
        ("ctrl+p",), viewing.running(Act.PALETTE), where=EVERYWHERE,
    ),
    Command(
        "help", "Show all keys", "Program",
        ("?", "f1"), viewing.running(Act.HELP), hint="keys", where=EVERYWHERE,
    ),
    Command(
        "redraw", "Draw the whole screen anew", "Program",
        ("ctrl+l",), viewing.running(Act.REDRAW), where=EVERYWHERE,
    ),
    Command(
        "suspend", "Go back to the shell for a while; `fg` returns", "Program",
        ("ctrl+z",), viewing.running(Act.SUSPEND), where=EVERYWHERE,
    ),
    Command(
        "quit", "Go back, or leave; waits for what is being sent", "Program",
        ("q", "ctrl+q"), viewing.running(Act.QUIT), hint="quit", where=EVERYWHERE,
    ),
)  # fmt: skip

BY_NAME: Final = {command.name: command for command in CATALOGUE}
