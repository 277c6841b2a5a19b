"""The fields of the filter language, a room for each kind of value; `table.py` lists them all."""
