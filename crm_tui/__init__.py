"""crm-tui: work through a pile of sales opportunities in the terminal. This module holds only the version."""

__version__ = "0.1.0"
