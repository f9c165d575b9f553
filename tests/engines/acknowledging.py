"""A program that acknowledges keys on standard output, to be killed: after the commit (`late`) or before (`early`)."""

import os
import sys
import threading

from crm_store.clock import SystemClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.work import Work
from crm_store.models.plumbing import NeverLog

AT_ONCE = 40


def say(line: str) -> None:
    """One line in one system call, so that a kill never cuts it."""
    os.write(1, f"{line}\n".encode())


def keep(work: Work, key: str) -> None:
    """The thing to be acknowledged."""
    work.insert(NeverLog, [{"value_key": key, "added_by": "usr_ada"}])


def acknowledge_for_ever(file: str, mode: str, round_number: str) -> None:
    """Write keys, many at once, until killed."""
    store = SqliteStore(f"sqlite:///{file}", SystemClock())
    places = threading.Semaphore(AT_ONCE)
    number = 0
    while True:
        places.acquire()
        key = f"{mode}-{round_number}-{number:06}"
        number += 1
        if mode == "early":
            say(key)
        pending = store.submit_write("tea_rapport", "system", lambda work, key=key: keep(work, key))  # type: ignore[misc]

        def done(_future: object, key: str = key) -> None:
            if mode == "late":
                say(key)
            places.release()

        pending.add_done_callback(done)


def main() -> None:
    """For each line `mode round` start a process of its own; say its id first and `dead` when it is."""
    file = sys.argv[1]
    for line in sys.stdin:
        mode, round_number = line.split()
        child = os.fork()
        if not child:
            acknowledge_for_ever(file, mode, round_number)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
