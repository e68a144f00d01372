"""The website: the HTTP interface of the widget, and pages that work without it."""
