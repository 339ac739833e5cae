"""Copies of files that are read: gone as soon as nobody reads them any more, and without a complaint."""

import gc
import io
import os

import pytest

from pricecompare.files.source import Source, spooled
from pricecompare.files.tables import Limits


def copy() -> io.BufferedRandom:
    """Return a copy of a small file."""
    return spooled(Source.of(lambda: io.BytesIO(b"abc")), Limits())


def released(descriptor: int) -> bool:
    """Say whether a descriptor is open no more."""
    try:
        os.fstat(descriptor)
    except OSError:
        return True
    return False


@pytest.mark.parametrize("tied", [False, True], ids=["alone", "in a ring"])
def test_a_copy_that_nobody_reads_any_more_is_closed(tied):
    gc.collect()
    gc.disable()
    try:
        file = copy()
        descriptor = file.fileno()
        holder = [file]
        if tied:
            holder.append(holder)
        del file, holder
        gc.collect()
    finally:
        gc.enable()
    assert released(descriptor)
