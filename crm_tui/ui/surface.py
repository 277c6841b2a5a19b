"""What a step can ask of the application, done: the one place where it reaches screens, book and terminal.

It decides nothing: what may be done was decided by the handler, and what a screen shows is the screen's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from textual.command import CommandPalette
from textual.screen import Screen

from crm_tui.commands.spec import (
    Act,
    Answer,
    Ask,
    Command,
    Compare,
    Confirm,
    Context,
    Copy,
    Export,
    ForView,
    Marking,
    Motion,
    PageSize,
    Preview,
    Prompt,
    Settle,
    SortBy,
    TakeBack,
    Turn,
    Write,
)
from crm_tui.domain.change import Planned
from crm_tui.service.crm import Crm
from crm_tui.service.writer import Outcome
from crm_tui.structs import replace
from crm_tui.text import safe
from crm_tui.ui import retracing, words
from crm_tui.ui.activity import Activities
from crm_tui.ui.clipboard import Clipboard
from crm_tui.ui.command_line import CommandLine
from crm_tui.ui.desk import Desk
from crm_tui.ui.keys import KeyNames, commands_of
from crm_tui.ui.leaving import Leaving
from crm_tui.ui.palette import palette_of
from crm_tui.ui.perform import perform
from crm_tui.ui.questions import Questions
from crm_tui.ui.repeating import Repeating
from crm_tui.ui.retyping import Given, Retyping
from crm_tui.ui.saved_views import SavedViews
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.help import HelpScreen
from crm_tui.ui.screens.keyed import KeyedScreen
from crm_tui.ui.searching import Searches
from crm_tui.ui.treatment import Treatment
from crm_tui.ui.triaging import Triages

_PANE_STEP: Final = 4
"""Lines by which a key scrolls the record."""


class Host(Protocol):
    """What of the application is needed here."""

    @property
    def screen(self) -> Screen[Any]:
        """The uppermost screen."""

    def push_screen(self, screen: Screen[Any], callback: Any = None) -> Any:
        """Lay a screen over the others."""

    def dress(self, theme: str) -> None:
        """Show everything in another theme."""

    def action_suspend(self) -> None:
        """Give the terminal back to the shell for a while."""

    def draw_again(self) -> None:
        """Send the whole screen."""


class AppSurface:
    """Carries out what commands ask for."""

    def __init__(
        self,
        host: Host,
        crm: Crm,
        desk: Desk,
        commands: tuple[Command, ...],
        *,
        board: BoardScreen,
        searches: Searches,
        saved_views: SavedViews,
        triages: Triages,
        activities: Activities,
        leaving: Leaving,
        clipboard: Clipboard,
        source: str,
        treatment: Treatment,
        redraw: Callable[[], None],
    ) -> None:
        self._host = host
        self._crm = crm
        self._desk = desk
        self._commands = {command.name: command for command in commands}
        self._names = KeyNames.of(commands)
        self._board_screen = board
        self._searches = searches
        self._saved_views = saved_views
        self._triages = triages
        self._activities = activities
        self._leaving = leaving
        self._clipboard = clipboard
        self._source = source
        self._treatment = treatment
        self._redraw = redraw
        self._questions = Questions(host, desk.habits, whose=self._whose, submit=self._submit)
        self._line = CommandLine(host, self._commands, self.give)
        self._acts = self._acts_by_name()
        self._asking: tuple[Command, Context] | None = None
        """The command that has asked something, and where the user stood when its key was pressed."""
        self._retyping = Retyping()
        self._repeating = Repeating()

    @property
    def front(self) -> KeyedScreen:
        """The screen that the user works on, whatever lies over it."""
        over = self._activities.screen or self._saved_views.screen or self._searches.screen
        return over or self._triages.screen or self._board_screen

    # Commands

    def give(self, command: Command, context: Context) -> None:
        """Run a command where the user stood when its key was pressed."""
        self._asking = (command, context)
        step = command.handler(context)
        self._repeating.note(command, context, step)
        perform(step, self)

    def give_named(self, name: str) -> None:
        """Run a command of the catalogue, on what was under the cursor when the list to choose from was opened."""
        front = self.front
        standing = self._desk.standing(
            front.where, front.record_id, front.marked, front.entry, front.view_name, 1
        )
        self.give(self._commands[name], self._asking[1] if self._asking is not None else standing)

    # Steps

    def write(self, step: Write) -> None:
        """Submit changes; they show in the same tick."""
        self._submit(step.plans)

    def confirm(self, step: Confirm) -> None:
        """Have a word typed before anything is submitted; of several records each can be left out before."""
        self._questions.confirm(step)

    def compare(self, step: Compare) -> None:
        """Let somebody choose between what two people wrote."""
        self._activities.compare(step.entry)

    def settle(self, step: Settle) -> None:
        """Have an entry of the journal go on as was chosen."""
        self._activities.settle(step.entry, str(step.choice))

    def take_back(self, step: TakeBack) -> None:
        """Take back the step to which an entry belongs."""
        self.front.say(self._activities.take_back(step.entry))

    def preview(self, step: Preview) -> None:
        """Show changes of several records, and submit those that are agreed to."""
        self._questions.preview(step)

    def _whose(self, plans: tuple[Planned, ...]) -> str:
        """Say in a confirmation whose data is to be changed: the account, and the locations of the records."""
        snapshot = self._crm.snapshot
        rows = (snapshot.row(plan.record_id) for plan in plans)
        boards = (snapshot.boards.get(row.board_id) for row in rows if row is not None)
        places = dict.fromkeys(board.location for board in boards if board is not None)
        return self._treatment.account(self._source, ", ".join(places))

    def _submit(self, plans: tuple[Planned, ...]) -> None:
        if self._treatment.read_only:
            self.say("Nothing was changed: this profile only reads.")
        else:
            self.front.say(words.held(plans))
            beside = {plan.record_id for plan in plans if plan.change.made is not None}
            if self.front is self._triages.screen and not beside:
                name = self._asking[0].name if self._asking is not None else ""
                self._triages.decided([plan.record_id for plan in plans], name)
            if beside:  # their outcomes will be those of the records that are made
                self.front.unmark(beside)
            self._retyping.note(self._crm.submit(plans), self._asking)

    def have_typed_again(self, outcome: Outcome | None) -> None:
        """Open a line again with what was typed and could not be written down, once nothing else is being typed."""
        if outcome is not None:
            self._retyping.hear(outcome)
        if self._host.screen is self.front and (again := self._retyping.next()) is not None:
            given, prompt = again
            self._questions.prompt(prompt, self._going_on(given))

    def ask(self, step: Ask) -> None:
        """Let something be chosen; the command then goes on with the records it was given for."""
        self._questions.ask(step, self._going_on())

    def prompt(self, step: Prompt) -> None:
        """Have a line typed; the command then goes on as after a choice."""
        self._questions.prompt(step, self._going_on())

    def _going_on(self, asking: Given | None = None) -> Callable[[Answer], None]:
        """Make what goes on with an answer where the command that asked was given; else the last one did."""
        command, context = asking or self._asking or (None, None)

        def go_on(answer: Answer) -> None:
            if command is not None and context is not None:
                before = () if context.answer is None else (context.answer,)
                earlier = (*context.earlier, *before)
                self.give(command, replace(context, answer=answer, earlier=earlier))

        return go_on

    def show_board(self, board_id: int) -> None:
        """Show another board."""
        self._desk.go_to(board_id)
        self._board_screen.say(words.NOTHING)
        self._redraw()

    def locate(self, record_id: int | None) -> None:
        """Show a record on its board, or the board that was left."""
        row = self._crm.snapshot.row(record_id)
        self._activities.close()
        self._searches.close()
        self._triages.close()
        if row is not None:
            self._board_screen.go_to(row)
            self.show_board(row.board_id)
            if self._board_screen.asked and self._board_screen.record_id != row.id:
                self.say("The board's filter hides it; esc shows all again.")
        else:
            self._redraw()

    def arrange(self, step: SortBy | Turn | PageSize) -> None:
        """Show the table in another order, or another part of it."""
        self._searches.arrange(step)

    def export(self, step: Export) -> None:
        """Write opportunities into a file."""
        self._searches.export(step)

    def copy(self, step: Copy) -> None:
        """Send something to the clipboard."""
        self._clipboard.take(step)

    def for_view(self, step: ForView) -> None:
        """Do something to a saved view."""
        self._saved_views.carry_out(step)

    def narrow_to(self, location_id: int | None) -> None:
        """Show the boards of one location only, or of all."""
        self._desk.narrow_to(location_id)
        self._redraw()

    def dress(self, theme: str) -> None:
        """Show everything in another theme."""
        self._host.dress(theme)

    def move_cursor(self, motion: Motion, count: int) -> None:
        """Move the cursor."""
        self.front.move(motion, count)

    def mark(self, how: Marking) -> None:
        """Set marks or take them off."""
        self.front.mark(how)

    def say(self, text: str) -> None:
        """Tell the user something in the status line."""
        self.front.say(words.plain(safe(text)))

    def do(self, act: Act) -> None:
        """Do something to the program itself."""
        self._acts[act]()

    def _acts_by_name(self) -> dict[Act, Callable[[], None]]:
        """Say what is done for each act."""
        return {
            Act.REFRESH: self._refresh,
            Act.UNDO: self._undo,
            Act.REPEAT: self._decide_again,
            Act.REDO: lambda: self.front.say(retracing.redo(self._crm)),
            Act.RESTORE: lambda: self.front.say(retracing.restore(self._crm)),
            Act.ACTIVITY: self._activities.open,
            Act.NEXT_NEEDING: self._next_needing,
            Act.SEARCH: self._search,
            Act.SERVER: self._searches.ask_server,
            Act.COLUMNS: self._searches.choose_columns,
            Act.VIEWS: self._saved_views.open,
            Act.TRIAGE: self._open_triage,
            Act.SKIP: lambda: self.say(
                words.skipped(
                    self._names.undo, is_row=self._triages.skip(retracing.last_step(self._crm))
                )
            ),
            Act.PIN: lambda: self.say(words.pinned(self._triages.pin(), self._names.refresh)),
            Act.PARKED: lambda: self.say(words.parked(are_shown=self._triages.show_parked())),
            Act.FILTER: self._edit_filter,
            Act.PANE: lambda: self.front.change_pane(),
            Act.PANE_DOWN: lambda: self.front.scroll_pane(_PANE_STEP),
            Act.PANE_UP: lambda: self.front.scroll_pane(-_PANE_STEP),
            Act.DENSITY: self._board_screen.change_density,
            Act.HELP: self._show_help,
            Act.PALETTE: self._show_palette,
            Act.COMMAND_LINE: self._open_line,
            Act.SUSPEND: self._host.action_suspend,
            Act.REDRAW: self._host.draw_again,
            Act.QUIT: self._leave,
        }

    def _edit_filter(self) -> None:
        rows_only = self.front is not self._searches.screen  # all others draw rows alone
        self.front.edit_filter(self._desk.reader(rows_only=rows_only), self._typed_text())

    def _search(self) -> None:
        self._searches.open(self._desk.reader(rows_only=False), self._typed_text())

    def _typed_text(self) -> str | None:
        """Give the text that was typed behind a command which opens a line of its own."""
        answer = self._asking[1].answer if self._asking is not None else None
        return answer if isinstance(answer, str) else None

    def _decide_again(self) -> None:
        again = self._repeating.here(self._asking[1]) if self._asking is not None else None
        if again is None:
            self.say("Nothing was decided yet that could be repeated.")
        else:
            self.give(*again)

    def _open_triage(self) -> None:
        self._searches.close()
        self._triages.open()

    def _undo(self) -> None:
        unskip = self._triages.unskip if self.front is self._triages.screen else None
        self.front.say(retracing.undo(self._crm, self._taken_back, unskip))

    def _taken_back(self, record_ids: Sequence[int]) -> None:
        self._triages.taken_back(record_ids)
        self.front.return_to(record_ids[0])

    def _show_help(self) -> None:
        commands = tuple(self._commands.values())
        self._host.push_screen(HelpScreen(commands, self.front.where), self._run_chosen)

    def _open_line(self) -> None:
        if self._asking is not None:
            self._line.open(self._asking[1])

    def _show_palette(self) -> None:
        if not isinstance(self._host.screen, CommandPalette):
            here = commands_of(self._commands.values(), self.front.where)
            self._host.push_screen(palette_of(here))

    def _refresh(self) -> None:
        self._triages.fold()
        is_asked = self._crm.refresh()
        self.front.say(words.NOTHING if is_asked else words.plain("Already asking the server."))

    def back(self) -> None:
        """Go back to what is under the screen in front."""
        if self._activities.screen is not None:
            self._activities.close()
        elif self._saved_views.screen is not None:
            self._saved_views.close()
        elif self._searches.screen is not None:
            self._searches.close()
        else:
            self._triages.close()
        self.front.say(words.NOTHING)  # what was said there is long past
        self._redraw()

    def _next_needing(self) -> None:
        screen = self._activities.screen
        if screen is not None and not screen.go_to_needing():
            self.say("Nothing needs you.")

    def _run_chosen(self, name: str | None) -> None:
        if name is not None:
            self.give_named(name)

    def _leave(self) -> None:
        """Leave from the root only; from anything over it go back."""
        is_root = self.front is self._triages.screen and self._triages.is_root
        if is_root or self.front is self._board_screen:
            self._leaving.ask()
        else:
            self.back()
