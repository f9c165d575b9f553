"""One thread for all that computes: rows are few here, and threads that wait for each other only cost time."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one() -> Iterator[None]:
    """Hold linear algebra and trees to one thread; on a busy machine more threads are many times slower.

    Libraries that load inside are not held.
    """
    with threadpool_limits(limits=1):
        yield
