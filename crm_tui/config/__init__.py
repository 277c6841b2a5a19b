"""What the user decided beforehand: profiles, and where a password comes from.  A leaf: it knows no server."""
