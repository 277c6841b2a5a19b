"""Handlers by theme: small pure functions from a context to a step."""
