"""One short file per DVC stage: read the parameters, call the library, write the outputs."""

import sys
from collections.abc import Callable

from pairforest.errors import PairForestError


def run(stage: Callable[[], None]) -> None:
    """Run a stage; what a user can put right is one line, not a traceback.

    Parameters
    ----------
    stage : callable
        The stage, without arguments.
    """
    try:
        stage()
    except PairForestError as error:
        sys.exit(f"error: {error}")
