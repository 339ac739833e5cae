"""A command whose answer is cut off by its reader ends without a word: `pricecompare … | head`."""

import os
import subprocess
import sys

from pricecompare.services.desk import Desk
from tests.conftest import NOW


def test_who_has_read_enough_is_told_nothing(city: Desk):
    environment = os.environ | {"PRICECOMPARE_DB": str(city.store.engine.path), "PRICECOMPARE_NOW": NOW.isoformat()}
    command = [sys.executable, "-m", "pricecompare.cli", "search", "片", "--group", "none", "--limit", "200", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    told = process.stderr.read().decode()
    process.stderr.close()
    process.wait(60)
    assert "file_unusable" not in told
    assert "Traceback" not in told
