"""Running many tasks at once: a process pool on this machine."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from pairforest.process import die_with_parent

Input = TypeVar("Input")
Output = TypeVar("Output")


def stream_tasks(
    task: Callable[[Input], Output], inputs: Sequence[Input], workers: int
) -> Iterator[Output]:
    """Run a task for every input, `workers` at a time; yield results in the order of the inputs.

    Parameters
    ----------
    task : callable
        A function of a module; it must not raise for a failure that concerns its input alone.
    inputs : sequence
        Each is pickled to its process.
    workers : int
        Processes at once.
    """
    if workers == 1 or len(inputs) < 2:
        yield from map(task, inputs)
        return
    context = multiprocessing.get_context("spawn")
    n = min(workers, len(inputs))
    with ProcessPoolExecutor(n, mp_context=context, initializer=die_with_parent) as pool:
        yield from pool.map(task, inputs)


def map_tasks(
    task: Callable[[Input], Output], inputs: Sequence[Input], workers: int
) -> list[Output]:
    """Run a task for every input as `stream_tasks` does, and give all results in a list."""
    return list(stream_tasks(task, inputs, workers))
