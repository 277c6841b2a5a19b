"""Widgets drawn line by line. A widget never touches the app."""
