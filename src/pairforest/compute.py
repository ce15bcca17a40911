"""Running many tasks at once: a process pool on this machine."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from typing import TypeVar

from pairforest.process import die_with_parent

Input = TypeVar("Input")
Output = TypeVar("Output")


def stream_tasks(
    task: Callable[[Input], Output], inputs: Iterable[Input], workers: int
) -> Iterator[Output]:
    """Run a task for every input, `workers` at a time; yield each result when it is there.

    Parameters
    ----------
    task : callable
        A function of a module; it must not raise for a failure that concerns its input alone.
    inputs : iterable
        Each is pickled to its process.
    workers : int
        Processes at once. One alone is this process.
    """
    if workers == 1:
        yield from map(task, inputs)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=die_with_parent)
    try:
        for done in as_completed([pool.submit(task, one) for one in inputs]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def map_tasks(
    task: Callable[[Input], Output], inputs: Sequence[Input], workers: int
) -> list[Output]:
    """Run a task for every input as `stream_tasks` does, and give all results in their order."""
    numbered = partial(_numbered, task)
    found = dict(stream_tasks(numbered, enumerate(inputs), min(workers, len(inputs) or 1)))
    return [found[place] for place in range(len(inputs))]


def _numbered(task: Callable[[Input], Output], of: tuple[int, Input]) -> tuple[int, Output]:
    place, one = of
    return place, task(one)
