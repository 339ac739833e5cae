"""``python -m benchmarks.exports`` writes a list of a million prices in each form and says what that takes.

Each form is written twice by a process of its own, whose memory is told; the two files must be the same bytes.
"""

import argparse
import hashlib
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from benchmarks.city import NOW, say
from benchmarks.markdown import table
from pricecompare.models import Drug, Pharmacy, Region, Upload
from pricecompare.models.audit import Hand
from pricecompare.models.listing import FORMATS
from pricecompare.services.exports.making import Wish, export_file
from pricecompare.services.opening import created, opened

REGION = "990100"
DRUGS = 500
LIMIT_MB = 100


def main() -> None:
    """Make the prices, write them in each form, and say what that took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "prices.db"
        _fill(database, asked.rows // DRUGS)
        rows = [_apart(database, form) for form in FORMATS]
    say("\n" + table(("form", "rows", "seconds", "MB written", "peak MB", "of these before the first row"), rows))
    if max(row[4] for row in rows) > LIMIT_MB:
        raise SystemExit(f"More than {LIMIT_MB} MB.")


def _fill(database: Path, shops: int) -> None:
    """Make a database in which every shop asks something for every drug."""
    store = created(str(database))
    second = int(datetime.fromisoformat(NOW).astimezone(UTC).timestamp()) - 86_400
    region = int(REGION)
    names = ("", "片剂", "0.1g", 24, "片", "盒", "某某制药有限公司", "", "", "", "", "")
    with store.writing():
        store.put_regions([Region(990000, "省", None, "province", False), Region(region, "市", 990000, "city", True),
                           Region(990102, "区", region, "county", False)])  # fmt: skip
        store.put_drugs(Drug(at, f"XJ01CAA501A{at:012d}", f"药{at}", *names) for at in range(1, DRUGS + 1))
        store.put_pharmacies(
            Pharmacy(at, f"P990102{at:05d}", region, 990102, f"第{at}药店", "", "", "", "", None, None, "", None, None)
            for at in range(1, shops + 1)
        )
        store.put_upload(Upload(1, "prices"))
        store.put_offers(
            (region, shop, drug, "listed", 1000 + (shop * drug) % 900, 1, 0, second)
            for shop in range(1, shops + 1)
            for drug in range(1, DRUGS + 1)
        )
    store.close()


def _apart(database: Path, form: str) -> tuple:
    """Return what writing one form takes in a process of its own."""
    say(f"Writing {form}.")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(_written, database, form).result()


def _written(database: Path, form: str) -> tuple:
    """Write the list twice; return the form, rows, seconds of one, and megabytes."""
    desk = opened({"DB": str(database), "NOW": NOW})
    before, hashes, took = _peak(), set(), []
    for _ in range(2):
        path, start = database.with_name(f"offers.{form}"), time.perf_counter()
        made = export_file(desk, Wish("offers", REGION, {}, form), path, by=Hand("bench", "cli"))
        took.append(time.perf_counter() - start)
        with path.open("rb") as file:
            hashes.add(hashlib.file_digest(file, "sha256").hexdigest())
        size = path.stat().st_size
        path.unlink()
    if len(hashes) > 1:
        raise SystemExit(f"The same list is not the same bytes: {form}.")
    return form, made.manifest["rows"], f"{min(took):.1f}", f"{size / 1e6:.0f}", round(_peak()), round(before)


def _peak() -> float:
    """Return the most megabytes this process has had; ru_maxrss would tell those of the one that started it as well."""
    (line,) = [line for line in Path("/proc/self/status").read_text("utf-8").splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1000


if __name__ == "__main__":
    main()
