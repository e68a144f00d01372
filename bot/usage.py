"""What is wrong with how a command was used."""


class UsageError(Exception):
    """An argument that cannot be used, or a command that can do nothing now; the message says why in plain words."""
