"""Processes that never outlive whoever started them."""

import ctypes
import signal
import sys


def die_with_parent() -> None:
    """Have the kernel end this process when its parent is killed; does nothing off Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
