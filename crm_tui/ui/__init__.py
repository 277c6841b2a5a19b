"""The Textual application: draws, and carries steps out. No business rules."""
