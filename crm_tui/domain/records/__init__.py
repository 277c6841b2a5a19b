"""Whole records as the service documents them, checked at the door and when one is opened; a room per theme.

Tolerant on reading: unknown fields are passed over here because the raw record keeps them (`api/wire.py`), missing
ones take their documented default.  A model is never written back; a write changes the raw record.
"""
