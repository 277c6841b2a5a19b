"""The yardstick: a Textual application with one Static and no work. A key changes its one line."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """One line of text; `q` ends it."""

    def compose(self) -> ComposeResult:
        """Show the word that says the first paint is done."""
        yield Static("bare")

    def on_key(self, event: events.Key) -> None:
        """Show the key, or end."""
        if event.key == "q":
            self.exit()
        else:
            self.query_one(Static).update(f"key {event.key}")


if __name__ == "__main__":
    BareApp().run()
