"""Work done by several processes at once. They end with the one that waits for them, however that ends."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from typing import Any, Final, NoReturn, TypeVar

Result = TypeVar("Result")
ENDED: Final = 128 + signal.SIGTERM
"""Exit status of a program that was asked to end."""


def done_apart(
    work: Callable[..., Result], calls: Iterable[tuple[Any, ...]], jobs: int
) -> Generator[Result, None, None]:
    """What comes of calling a function in other processes, as it comes.

    Whatever ends this early, ctrl+c or a request to end among it, ends the other processes at once.

    Args:
        work: the function.
        calls: the arguments of each call.
        jobs: how many processes.
    """
    with _ended_by_exception():
        others = active_children()
        # Started afresh on every platform: a fork would copy locks that threads of the interpreter hold.
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin)
        try:
            with _interrupts_waiting():
                futures = [pool.submit(work, *call) for call in calls]
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            for process in active_children():
                if process not in others:
                    process.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Leave ctrl+c to the process that waits for this one, and end with it even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> NoReturn:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


@contextmanager
def _interrupts_waiting() -> Iterator[None]:
    """Let ctrl+c wait; processes started meanwhile inherit that, and so are never interrupted in their beginning."""
    if not hasattr(signal, "pthread_sigmask"):  # the platform knows no such thing
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ended_by_exception() -> Iterator[None]:
    """Let a request to end (SIGTERM) raise, so that what was begun is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit(*_: object) -> NoReturn:
    raise SystemExit(ENDED)
