"""Opportunities written down for other programs and people: as a table, CSV, JSON or Markdown, and into a file."""
