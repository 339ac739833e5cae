"""On a full disk everything is refused with a clear error, nothing is half there, and it goes on when there is room."""

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from tests import deeds, scarce

TOLD = {
    "full": {"file_unusable: No space left on device", "database_unusable: database or disk is full"},
    "limit": {"file_unusable: File too large", "database_unusable: disk I/O error"},
}
"""What is told of a full disk, and of a file that may not grow, beside what the API says of both."""


@pytest.mark.parametrize("way", scarce.WAYS)
def test_where_no_room_is_left_all_or_nothing_is_there(tmp_path, way):
    place = tmp_path / "place"
    place.mkdir()
    if way == "full" and not scarce.has_small_disks(place):
        pytest.skip("no small disk can be had here: unshare and mount are not allowed")
    (tmp_path / "base").mkdir()
    deeds.begun(tmp_path / "base")
    ends: set[str] = set()
    # The moments at which the room is gone are drawn: until the command and the API have each met one.
    for seed in range(3505, 3515):
        found = scarce.ends(way, tmp_path / "base", place, seed, 1, *deeds.DEEDS, *scarce.SENT)
        assert [deed for deed, _ in found] == [*deeds.DEEDS, *scarce.SENT]
        ends |= {end for _, end in found}
        if "503 unavailable" in ends and ends & TOLD[way]:
            break
    assert ends <= TOLD[way] | {"done", "503 unavailable"}
    assert "503 unavailable" in ends and ends & TOLD[way]


def test_the_command_tells_it_in_a_sentence(tmp_path):
    deeds.begun(tmp_path)
    command = ["--db", str(tmp_path / "base.db"), "import", "prices", str(tmp_path / "changes.csv")]
    with deeds.temporary(tmp_path / "tmp"), scarce.limit(tmp_path, 4096):
        ran = CliRunner().invoke(main, command)
    assert (ran.exit_code, "Traceback" in ran.output) == (1, False)
    assert "(file_unusable)" in ran.output or "(database_unusable)" in ran.output
