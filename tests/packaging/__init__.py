"""Tests of what people install: the distribution, its metadata, the README."""
