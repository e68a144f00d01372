"""The IMT apprenticeship assistant."""
