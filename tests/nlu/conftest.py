"""Settings of the tests that run in Rasa's environment."""

from __future__ import annotations

from hypothesis import settings

# The same examples at each run: a failure that comes and goes stops people who did not cause it.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
