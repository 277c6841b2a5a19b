"""Saved views: keeping what is looked for under a name, and working on the list of what was kept."""

from __future__ import annotations

from crm_tui.commands.spec import (
    Ask,
    Choice,
    Context,
    ForView,
    Handler,
    Prompt,
    Say,
    Step,
    ViewAct,
)

_NONE = Say("There is no saved view here.")


def save(context: Context) -> Step:
    """Keep what is looked for, and how it is laid out, under a name that is asked for."""
    if context.answer is not None:
        return ForView(ViewAct.SAVE, str(context.answer))
    return Prompt("Save this as a view called", "Due today")


def rename(context: Context) -> Step:
    """Give the view under the cursor a name that is asked for."""
    if not context.view:
        return _NONE
    if context.answer is not None:
        return ForView(ViewAct.RENAME, context.view, str(context.answer))
    return Prompt("Call this view", context.view, context.view, anew=True)


def delete(context: Context) -> Step:
    """Delete the view under the cursor, once that is agreed to."""
    if not context.view:
        return _NONE
    if context.answer is not None:
        return ForView(ViewAct.DELETE, context.view)
    gone = Choice("delete", "delete it", "the opportunities stay as they are")
    return Ask(f"Delete the view {context.view}", (gone,))


def acting(act: ViewAct) -> Handler:
    """Make the handler of a key that acts on the view under the cursor."""
    return lambda context: ForView(act, context.view) if context.view else _NONE
