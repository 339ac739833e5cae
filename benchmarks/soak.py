"""``python -m benchmarks.soak`` does at length what the tests do briefly: kills, full disks, spoilt files, load.

Any state that is neither before nor after, any traceback, any file left behind, too much memory ends it with an error.
"""

import argparse
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from random import Random

from benchmarks.city import say
from benchmarks.load import loaded
from tests import attacks, deeds, fuzzing, kills, scarce


def killed(times: int, seed: int, folder: Path) -> Iterator[str]:
    """Kill deeds at random moments; give each deed with whether it was there then."""
    base, random = deeds.begun(folder), Random(seed)
    trials = [kills.Killing(deed, base, random) for deed in deeds.DEEDS]
    for trial in islice(cycle(trials), times):
        yield f"{trial.deed}: {trial.once()}"


def on_full_disks(times: int, seed: int, folder: Path) -> Iterator[str]:
    """Do deeds on full disks, and where files cannot grow; give each with how it ended."""
    (folder / "base").mkdir()
    (folder / "place").mkdir()
    deeds.begun(folder / "base")
    names = (*deeds.DEEDS, *scarce.SENT)
    ways = [way for way in scarce.WAYS if way != "full" or scarce.has_small_disks(folder / "place")]
    for way in ways:
        each = -(-times // len(ways) // len(names))
        for _, end in scarce.ends(way, folder / "base", folder / "place", seed, each, *names):
            yield f"{way}: {end}"


def spoilt(times: int, seed: int, folder: Path) -> Iterator[str]:
    """Send spoilt files; give what became of each."""
    with fuzzing.fuzzings(folder, seed) as ends, closing(ends):
        yield from islice(ends, times)


def hostile(times: int, seed: int, folder: Path) -> Iterator[str]:
    """Ask so many hostile things of every route; give each route with the status of its answer."""
    # Limits are counted elsewhere: here everything is to be looked at.
    os.environ |= {"PRICECOMPARE_PER_MINUTE": "0", "PRICECOMPARE_KEY_PER_MINUTE": "0"}
    return attacks.attacked(folder, seed, times)


def under_load(seconds: int, seed: int, folder: Path) -> Iterator[str]:
    """Ask a server for four fifths of what it can do while uploads come in; give what was seen."""
    yield from loaded(seconds, seed, folder)


MOST_MEGABYTES = 400
"""What no file and no request, however spoilt, may make the process take."""

SUBJECTS: dict[str, Callable[[int, int, Path], Iterator[str]]] = {
    "kills": killed,
    "disk": on_full_disks,
    "files": spoilt,
    "requests": hostile,
    "load": under_load,
}


def main() -> None:
    """Do what was asked for and print how often each end was met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    counts = {"kills": 200, "disk": 50, "files": 10_000, "requests": 10_000, "load": 600, "seed": 1}
    for name, times in counts.items():
        unit = "SECONDS" if name == "load" else "N"
        parser.add_argument(f"--{name}", type=int, default=times, metavar=unit, help=f"{times} unless told")
    asked = parser.parse_args()
    for name, subject in SUBJECTS.items():
        if times := getattr(asked, name):
            _told(name, partial(subject, times, asked.seed))


def _told(name: str, subject: Callable[[Path], Iterator[str]]) -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ends = Counter(subject(Path(folder)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    seconds = time.monotonic() - begun
    if peak > MOST_MEGABYTES:
        raise SystemExit(f"{name}: {peak} MB of memory were taken, {MOST_MEGABYTES} are allowed")
    say(f"{name}: {ends.total()} in {seconds:.0f} s, at most {peak} MB; nothing half there, nothing left")
    for end, count in ends.most_common():
        say(f"{count:7} {end}")


if __name__ == "__main__":
    main()
