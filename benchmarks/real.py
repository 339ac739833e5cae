"""``python -m benchmarks.real FOLDER`` takes in real data and prints what became of it; ``--write``: docs/real-data.md.

It is fuel, not drugs, but for South Africa's prices. Databases and files are made in a temporary folder.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from textwrap import fill

from benchmarks.__main__ import BETWEEN
from benchmarks.city import ROOT, say
from benchmarks.markdown import table
from benchmarks.real_flags import flagged, jumps
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, Report
from pricecompare.services.ingest.decisions import retract
from pricecompare.services.opening import created
from pricecompare.services.uploads import ledger
from pricecompare.services.uploads.trial import tried
from tests import real_day as italy
from tests import real_histories as histories
from tests.real_histories import is_whole, steps_kept, steps_of_changes, steps_of_lists

DOCUMENT = ROOT / "docs" / "real-data.md"
ROWS = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused", "repaired")
BACK = "2026-07-15"
"""The day of Milan that is taken back."""


def main() -> None:
    """Take everything in, and say what became of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real", description=__doc__)
    parser.add_argument("folder", type=Path, help="where it_fuel and za_sep lie")
    parser.add_argument("--write", action="store_true", help=f"write it into {DOCUMENT.relative_to(ROOT)}")
    asked = parser.parse_args()
    parts = []
    for part in (day, held, flagged, milan, south_africa, jumps):
        say(f"Taking {part.__name__}.")
        with TemporaryDirectory() as folder:
            parts += part(asked.folder, Path(folder))
    made = f"Made on {datetime.now(UTC):%Y-%m-%d} by `python -m benchmarks.real FOLDER`."
    report = "\n\n".join([made, *parts])
    say(f"\n{report}")
    if asked.write:
        text = DOCUMENT.read_text("utf-8")
        if not BETWEEN.search(text):
            raise SystemExit(f"{DOCUMENT} has no marks to write between")
        DOCUMENT.write_text(BETWEEN.sub(lambda _: f"\n{report}\n\n", text), "utf-8")


def day(data: Path, folder: Path) -> Iterator[str]:
    """Yield what became of the whole Italian day, of the same day again, and of its refused rows."""
    files, desk = italy.files(data), italy.desk_of(created(str(folder / "day.db")))
    yield "### Italy: one day, every row\n\n" + table(("file", *ROWS, "why refused"), _day(desk, files, folder))
    yield "### Italy: what is odd in it\n\n" + table(("what", "how many"), _odd(desk, files))
    yield "Prices that are none, and the markets they stand in:\n\n" + table(PLACEHOLDER, _placeholders(desk, files))
    yield table(("price", "fuel", "seen on", "n", "median", "price ÷ median"), list(italy.places_of(desk)))
    far = italy.far_stations(desk)
    listed = ", ".join(f"{station} ({province}, {km})" for station, province, km in far)
    yield fill(f"Stations more than {italy.FAR_KM} km from the median of their province (province, km): {listed}.", 120)


def _day(desk: Desk, files: italy.Files, folder: Path) -> Iterator[tuple]:
    """Yield what becomes of one file after the other."""
    taken = italy.registers(desk, files)
    for what, report in taken.items():
        yield line(what, report)
    with TemporaryFile() as lines:
        trial = tried(desk, "prices", files.prices, Asked(layout=italy.LAYOUTS["prices"]), lines)
        foretold = list(trial.changes())
    yield line("prices, dry run", trial.report)
    first = italy.taken(desk, "prices", files.prices)
    yield line("prices", first)
    _same("the dry run tells every change", len(foretold), len(list(ledger.all_changes(desk.store, first.upload.id))))
    yield from _again(desk, files, folder)
    shops = italy.corrected(italy.sent_back(desk, taken["pharmacies"], folder))
    yield line("refused stations, corrected", italy.taken(desk, "pharmacies", shops))
    yield line("refused prices, as they came", italy.taken(desk, "prices", italy.sent_back(desk, first, folder)))
    yield line("prices, the same bytes once more", italy.taken(desk, "prices", files.prices))


def _again(desk: Desk, files: italy.Files, folder: Path) -> Iterator[tuple]:
    """Yield what becomes of the same prices as the same and as other bytes; nothing that is asked or was may change."""
    before = italy.live(desk)
    _same("the same bytes are known", italy.taken(desk, "prices", files.prices).repeated, True)
    (folder / "again.csv").write_bytes(files.prices.read_bytes() + b"\n")
    yield line("prices, other bytes", italy.taken(desk, "prices", folder / "again.csv"))
    _same("nothing is written for the same day", italy.live(desk), before)


def _odd(desk: Desk, files: italy.Files) -> Iterator[tuple[str, int]]:
    """Yield what is odd, and how often."""
    yield "a station, fuel, service and time with two prices", italy.two_prices(files.prices, 0, 1, 3, 4)
    yield "a station, fuel and time with two prices, served or not", italy.two_prices(files.prices, 0, 1, 4)
    count = desk.store.engine.rows
    (stale, doubtful), flags = (
        count("SELECT sum(stale), sum(doubtful) FROM market", {})[0],
        count("SELECT class, count(*) FROM flag GROUP BY class ORDER BY class", {}),
    )
    yield f"older than {desk.max_age_days} days: shown, outside statistics", int(stale)
    yield "held, or probably a data error: shown, outside statistics", int(doubtful)
    yield from ((f"flagged {name}", number) for name, number in flags)
    shops = Counter((shop.lat, shop.lng) for shop in desk.store.pharmacies())
    yield "stations without coordinates", shops.pop((None, None), 0)
    yield "stations sharing a coordinate", sum(number for number in shops.values() if number > 1)
    yield f"stations over {italy.FAR_KM} km from the median of their province", len(italy.far_stations(desk))


PLACEHOLDER = ("price", "in the file", "taken", "held", "flagged as data error", "flagged high", "stale", "unmarked")


def _placeholders(desk: Desk, files: italy.Files) -> Iterator[tuple]:
    """Yield of each placeholder what became of its rows."""
    came = Counter(line.split("|")[2] for line in files.prices.read_text("utf-8").splitlines()[2:])
    yield from ((price, came[price], *fate) for price, fate in italy.fates(desk))


def held(data: Path, folder: Path) -> Iterator[str]:
    """Yield what becomes of placeholders that come after all other prices."""
    files, desk = italy.files(data), italy.desk_of(created(str(folder / "held.db")))
    italy.registers(desk, files)
    for name, wanted in (("others", lambda text: not italy.placeholder(text)), ("placeholders", italy.placeholder)):
        italy.taken(desk, "prices", italy.cut(files.prices, folder / f"{name}.csv", wanted))
    yield "The same prices, when all others were there before:\n\n" + table(PLACEHOLDER, _placeholders(desk, files))


STEPS = ("replay", "uploads", "put aside and confirmed", "held", "products at places", "steps", "model")


def milan(data: Path, folder: Path) -> Iterator[str]:
    """Yield what a month of reports comes to: in order, in no order, with a day taken back, and with it sent again."""
    series = histories.milan(data, folder)
    whole = steps_of_changes(series.uploads)
    desk, clock = series.desk(created(str(folder / "order.db")), folder)
    came = list(histories.taken_and_confirmed(series, desk, clock, replace(series.asked, source="milan")))
    rows = [_replay("day by day, one named source", desk, came, whole)]
    back = next(report.upload.id for report, _ in came if report.upload.file_name == f"{BACK}.csv")
    retract(desk, back)
    left = [upload for upload in series.uploads if upload.path.stem != BACK]
    rows.append(_replay(f"… {BACK} taken back", desk, came, steps_of_changes(left)))
    again = series.take(desk, next(upload for upload in series.uploads if upload.path.stem == BACK))
    rows.append(_replay("… and sent again", desk, [*came, (again, again.upload.held)], whole))
    desk, _ = series.desk(created(str(folder / "shuffled.db")), folder)
    order = random.Random(7).sample(series.uploads, len(series.uploads))
    came = [(report, report.upload.held) for report in (series.take(desk, upload) for upload in order)]
    rows.append(_replay("days in shuffled order", desk, came, whole))
    reports = sum(len(upload.told) for upload in series.uploads)
    yield f"### Milan: a month of {reports:,} reports\n\n" + table(STEPS, rows)


def south_africa(data: Path, folder: Path) -> Iterator[str]:
    """Yield what eight full lists come to."""
    series = histories.south_africa(data, folder)
    desk, clock = series.desk(created(str(folder / "za.db")), folder)
    came = list(histories.taken_and_confirmed(series, desk, clock, replace(series.asked, source="za")))
    for upload, (report, _) in zip(series.uploads, came, strict=True):
        _same(f"refused rows of {upload.path.name}", report.upload.refused, upload.refused)
    yield "### South Africa: eight full lists\n\n" + table(
        ("list of", *ROWS, "why refused"), [line(report.upload.file_name[:10], report) for report, _ in came]
    )
    yield table(STEPS, [_replay("date by date", desk, came, steps_of_lists(series.uploads))])
    known, priced = len(desk.store.drugs()), len(steps_of_lists(series.uploads))
    yield (
        f"{known:,} products are known, {priced:,} of them have a price. "
        f"{sum(not is_whole(upload) for upload in series.uploads)} of the lists have rows that were refused: what "
        "these lists do not name stays as it was."
    )


def _replay(what: str, desk: Desk, came: Sequence[tuple[Report, int]], model: histories.Steps) -> tuple:
    """Return the line of a replay; it is an error when the database tells another history than the model."""
    kept = steps_kept(desk)
    _same(what, kept, model)
    aside = sum(report.upload.state == "quarantined" for report, _ in came)
    return what, len(came), aside, sum(held for _, held in came), len(kept), sum(map(len, kept.values())), "equal"


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"Not so: {what}.")


def line(what: str, report: Report) -> tuple:
    """Return what became of a file as a line of a table."""
    counts = italy.became(report) | {"repaired": italy.reasons(report)["warning", "surplus_joined"]}
    why = [f"{code} {number}" for (severity, code), number in italy.reasons(report).items() if severity == "error"]
    return what, *(counts.get(name, 0) for name in ROWS), ", ".join(why)


if __name__ == "__main__":
    main()
