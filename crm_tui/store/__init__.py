"""What we know (the mirror) and what we want (the journal), on disk."""
