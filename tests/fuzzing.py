"""Spoilt files taken by import_file and over HTTP: each is refused with a code or wholly taken, and nothing is left."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from pricecompare.errors import PriceCompareError
from pricecompare.models import Upload
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.markets.pile import IN_MEMORY
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store, open_store
from pricecompare.web import create_app
from tests import deeds, mutants
from tests.conftest import NOW
from tests.sent import BEARER, KEY, UPLOADS
from tests.town import Town

EACH = 50
"""Files for one database: then another begins, so that its ledger stays short."""

COUNTS = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused", "filtered", "warnings", "state")


class Fuzzing:
    """One database that spoilt files are sent to."""

    def __init__(self, database: Path, folder: Path, random: Random):
        self.folder, self.random = folder, random
        self.town = Town(open_store(str(database)), folder)
        settings = {"UPLOAD_KEY": KEY, "SPOOL": str(folder / "spool"), "NOW": NOW.isoformat(), "UPLOAD_WAIT_MB": "64"}
        self.app = create_app(DB=str(database), **settings)
        self.client = self.app.test_client()
        self.before = self.state()

    def state(self) -> tuple[dict, dict]:
        return self.town.dump(), self.town.ledger()

    def once(self) -> str:
        """Send one file in every way; return what became of it."""
        one = mutants.mutant(self.random)
        path = self.folder / "mutant"
        path.write_bytes(one.content)
        ways = [self._imported, self._posted]
        self.random.shuffle(ways)
        ends = [way(one, path) for way in ways]
        path.unlink()
        return ends[0]

    def _imported(self, one: mutants.Mutant, path: Path) -> str:
        tried = self._import(one, path, dry=True)
        self._unchanged()
        done = self._import(one, path, dry=False)
        if isinstance(done, str):
            self._unchanged()
            assert done == tried
            return done
        upload, again = done
        assert isinstance(tried, tuple)
        assert [getattr(tried[0], name) for name in COUNTS] == [getattr(upload, name) for name in COUNTS]
        self.before = self.state()
        return "taken before" if again else ending(upload)

    def _import(self, one: mutants.Mutant, path: Path, *, dry: bool) -> tuple[Upload, bool] | str:
        try:
            report = import_file(self.town.desk, one.what, path, replace(Asked(layout=one.layout), dry=dry))
        except PriceCompareError as error:
            assert error.status < 500, error
            return error.code
        finally:
            self._clean()
        return report.upload, report.repeated

    def _posted(self, one: mutants.Mutant, path: Path) -> str:
        self._post(one, path, dry="true")
        self._unchanged()
        status, answer = self._post(one, path, dry="false")
        dump, ledger = self.state()
        if status >= 300:
            assert dump == self.before[0]
            assert len(ledger["upload"]) - len(self.before[1]["upload"]) in (0, 1)
        self.before = dump, ledger
        return answer["code"] if status >= 300 else "taken before" if status == 200 else ending(Upload(**told(answer)))

    def _post(self, one: mutants.Mutant, path: Path, *, dry: str) -> tuple[int, dict]:
        form = {"what": one.what, "layout": one.layout, "dry_run": dry, "file": (io.BytesIO(one.content), one.name)}
        with self.client.post(UPLOADS, data=form, headers=BEARER) as answer:
            assert answer.status_code < 500, (answer.json, one)
            found = answer.json
            # The test client keeps a large body in a temporary file, which it leaves open.
            answer.request.environ["wsgi.input"].close()
        self._clean()
        if answer.status_code < 300:
            shown = found["upload"] if dry == "true" else found
            assert not set("/\\\n\t\0") & set(shown["file_name"])
        return answer.status_code, found

    def _unchanged(self) -> None:
        assert self.state() == self.before

    def _clean(self) -> None:
        """See that no file is left behind, here or anywhere a name with a path in it might lead to."""
        left = [path.name for one in ("tmp", "spool") for path in (self.folder / one).glob("*") if path.name != "lock"]
        assert left == []

    def close(self) -> None:
        """See that what was taken in the end is what counts, and let go of the database."""
        assert rebuild(self.town.desk).changed == 0
        self.app.extensions["pricecompare"].store.close()
        self.town.store.close()


def told(answer: dict) -> dict:
    return {name: answer[name] for name in ("id", "what", *COUNTS)}


def ending(upload: Upload) -> str:
    return upload.state if upload.state != "taken" or not upload.refused else "taken, rows refused"


@contextmanager
def fuzzings(folder: Path, seed: int) -> Iterator[Iterator[str]]:
    """Give the ends of spoilt files, one after the other, as long as they are asked for."""
    store = create_store(str(folder / "base.db"), cursor_key="test", max_age_days=30)
    Town(store, folder).take_all(until="sales")
    store.close()
    mutants.prepared(folder)
    with deeds.temporary(folder / "tmp", in_memory=IN_MEMORY):
        ends = _ends(folder, Random(seed))
        try:
            yield ends
        finally:
            ends.close()


def _ends(folder: Path, random: Random) -> Iterator[str]:
    while True:
        deeds.fresh(folder / "base.db", folder)
        one = Fuzzing(folder / "work.db", folder, random)
        try:
            for _ in range(EACH):
                yield one.once()
        finally:
            one.close()
            shutil.rmtree(folder / "spool", ignore_errors=True)
