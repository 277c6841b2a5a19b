"""One module per screen. A screen draws and reports; it never writes."""
