"""A small Nexudus over its own SQLite file. Shares no code with the client: it is the second witness."""
