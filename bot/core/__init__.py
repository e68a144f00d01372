"""Rules without I/O: language, places, screening, routing order and text."""
