"""Spoilt files are refused with a code or taken whole: no traceback, nothing half written, nothing left behind."""

import gc
from itertools import islice

from tests import fuzzing

FILES = 300


def test_spoilt_files_are_refused_or_taken_whole(tmp_path):
    with fuzzing.fuzzings(tmp_path, seed=3505) as ends:
        met = set(islice(ends, FILES))
    gc.collect()
    assert {"taken", "taken, rows refused", "taken before"} < met
    assert {"not_text", "bad_json", "damaged_spreadsheet", "zip_bomb", "damaged_archive", "missing_columns"} < met
