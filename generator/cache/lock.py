"""Lock an output folder so that one build at a time writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from generator.cache.store import Store
from generator.digests import digest_of
from generator.errors import BusyError


@contextmanager
def sole_build(out: Path, store: Store) -> Iterator[None]:
    """Lock the output folder `out` against other builds with the same cache. Raises BusyError if one holds it.

    The system releases the lock of a build that is killed. Builds into different folders share a cache freely.
    With a cache behind a URL, only builds on this machine are kept out.
    """
    name = digest_of("site", str(out.resolve()))[:16]
    lock = FileLock(store.local / f".{name}.lock")
    held = False
    # some network drives have no locks; building is better than refusing
    with suppress(NotImplementedError):
        try:
            lock.acquire(timeout=0)
            held = True
        except Timeout:
            raise BusyError(
                f"Another build is writing the report in {out}.",
                "Wait until it is done, or give this one another folder with --out.",
            ) from None
    begun = store.local / f".{name}.begun"
    if begun.exists():  # a build was killed and may have left half-written files
        store.tidy()
    begun.touch()
    try:
        yield
    finally:
        begun.unlink(missing_ok=True)
        if held:
            lock.release()
