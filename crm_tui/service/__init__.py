"""Use cases: where what the server has and what the user wants meet. Knows no terminal."""
