"""Every session of the READMEs is run and must print what stands there; every command must appear."""

import re
import shutil

import pytest

from pricecompare.cli.main import main
from tests.columns import DOCUMENT, document
from tests.sessions import ROOT, blocks, workplace

README, README_ZH = ROOT / "README.md", ROOT / "docs" / "README.zh.md"
REGULATOR, REGULATOR_ZH = ROOT / "docs" / "regulator.md", ROOT / "docs" / "regulator.zh.md"


@pytest.mark.parametrize("document", [README, README_ZH, REGULATOR], ids=["english", "chinese", "regulator"])
@pytest.mark.skipif(not shutil.which("curl"), reason="the sessions call curl, which is absent: apt-get install curl")
def test_every_session_prints_what_stands_there(document):
    with workplace() as place:
        for command, expected in (pair for block in blocks(document) for pair in block):
            assert place.output(command) == expected, command


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_the_readme(command):
    text = README.read_text("utf-8") + REGULATOR.read_text("utf-8")
    shown = re.findall(r"^\$ (?:.*\s)?pricecompare (?:--\S+ \S+ )*([\w-]+)", text, re.MULTILINE)
    assert command in shown or command in ("demo",) and "make demo" in README.read_text("utf-8")


@pytest.mark.parametrize("document", [README, README_ZH, REGULATOR, REGULATOR_ZH], ids=lambda one: one.name)
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert links and [link for link in links if not (document.parent / link).exists()] == []


def test_the_table_of_columns_is_what_the_schemas_say():
    assert DOCUMENT.read_text("utf-8") == document(), "run python -m tests.columns"
