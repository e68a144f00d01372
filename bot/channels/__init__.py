"""The ways by which people reach the assistant."""
