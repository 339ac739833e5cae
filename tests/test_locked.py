"""What a server runs is written down version by version: nothing of what pyproject.toml asks for is missing."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_layers import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s;\\]+)", LOCK, re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_dependency_is_pinned_at_a_version_that_fits():
    extras = PROJECT["optional-dependencies"]
    for text in (*PROJECT["dependencies"], *extras["postgres"], *extras["dump"]):
        asked = Requirement(text)
        assert asked.specifier.contains(PINNED[canonicalize_name(asked.name)]), text


def test_every_pin_has_hashes():
    entries = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", LOCK, flags=re.MULTILINE))
    # A library may be pinned twice, for older and newer versions of Python.
    assert len(entries) >= len(PINNED) > 20
    assert [entry.split()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []
