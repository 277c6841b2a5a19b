"""Tests through a real pseudo-terminal, and the terminal itself."""
