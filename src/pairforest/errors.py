"""The one error a user is meant to read."""


class PairForestError(Exception):
    """Something a user can put right: what was wrong, where (file, row, key), and what to do."""
