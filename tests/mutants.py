"""Table files spoilt in every way people, programs and attackers have: seeds, and what is done to them at random."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests import books
from tests.town import ALL, CODES, SHOPS, as_json, as_sheet, rows_of

MESSAGE = "fixmedins_code,med_list_codg,sel_retn_time,finl_trns_pric,sel_retn_cnt,psn_name,certno\n" + "".join(
    f"{shop},{CODES[at % 3]},2026-10-{10 + at} 23:50:00,12.345678,{at - 2}.5000,李雷,440301198501010017\n"
    for at, shop in enumerate(SHOPS)
)
SENT = [(what, "", text) for what, text in ALL.items()] + [("prices", "", ALL["prices"])] * 5
SENT += [("sales", "sales-3505", MESSAGE)] * 2

NAMES = [
    "list.csv", "../../../../etc/passwd", "/etc/shadow", "..\\..\\boot.ini", "C:\\x\\a.xlsx", "a\tb.csv",
    "价格\u202etxt.csv",
    "x" * 5000, "", "..", "a'; DROP TABLE offer; --.csv", "<script>.csv", "%2e%2e%2fx",
    "\ud83d\ude00.csv".encode("utf-16", "surrogatepass").decode("utf-16"),
]  # fmt: skip
SNIPPETS = [
    b"\0", b'"', b"'", b'""', b",", b"\n", b"\r", b"\t", b";", b"|", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf",
    b"\x1a", b"\x80",
    "￥".encode(), "价".encode("gb18030"), b"=1+1", b"=cmd|' /C calc'!A0", b"@SUM(A1)", b"-1", b"1e308",
    b"1e999", b"NaN", b"Infinity",
    b"99999999999999999999", b"2026-02-30", b"9999-12-31", b"0001-01-01", b"1_000", "１２".encode(),
    "٣".encode(), b"{", b"}", b"[", b"]",
    b'{"a":', b"<!DOCTYPE html>", b"<?xml", b"\xed\xa0\x80", b"\\ud800", b"PK\x03\x04", b"\x1f\x8b", b"null",
    b"true", b" ", b"pharmacy_code",
]  # fmt: skip


class Mutant(NamedTuple):
    """A file: what it claims to be, its bytes, its name."""

    what: str
    layout: str
    content: bytes
    name: str


def cut(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def beheaded(random: Random, content: bytes) -> bytes:
    return content[random.randrange(len(content) + 1) :]


def flipped(random: Random, content: bytes) -> bytes:
    spoilt = bytearray(content)
    for _ in range(random.choice([1, 1, 3, 20, 200])):
        if spoilt:
            spoilt[random.randrange(len(spoilt))] = random.randrange(256)
    return bytes(spoilt)


def spiced(random: Random, content: bytes) -> bytes:
    for _ in range(random.choice([1, 1, 2, 10])):
        at = random.randrange(len(content) + 1)
        content = content[:at] + random.choice(SNIPPETS) + content[at + random.choice([0, 0, 1, 5]) :]
    return content


def spliced(random: Random, content: bytes) -> bytes:
    other = written(random, random.choice(SENT)[2])
    return cut(random, content) + beheaded(random, other)


def repeated(random: Random, content: bytes) -> bytes:
    start, end = sorted(random.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[start:end] * random.choice([1, 2, 30]) + content[end:]


def shuffled(random: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def huge(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + random.choice([b"x", b"9", b'"', b",", "价".encode(), b"[", b" "]) * 200_000 + content[at:]


def noise(random: Random, _: bytes) -> bytes:
    return random.choice([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"[", b"a,b\n"]) + random.randbytes(
        random.randrange(3000)
    )


def repacked(random: Random, content: bytes) -> bytes:
    """Return a workbook or archive with its parts spoilt but its directory right; anything else in a ZIP of its own."""
    if not content.startswith(b"PK"):
        return archive(random, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, RuntimeError, EOFError):
        return flipped(random, content)
    for name in random.sample(sorted(parts), k=min(len(parts), random.choice([1, 1, 2]))):
        parts[name] = random.choice([spiced, cut, flipped, bombed, bombed, lambda *_: b""])(random, parts[name])
    return books.zipped(parts)


def bombed(random: Random, xml: bytes) -> bytes:
    """Return XML with entities that grow, or that want a file of ours, or very many elements."""
    grow = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    kinds = [
        f'<!ENTITY e0 "lol">{grow}',
        '<!ENTITY e11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;',
    ]
    head, _, rest = xml.partition(b"?>")
    marked = rest.replace(b"</", b"&e11;</", 1) if random.random() < 0.7 else rest + b"<c/>" * 100_000
    return head + f"?><!DOCTYPE x [{random.choice(kinds)}]>".encode() + marked


def archive(random: Random, content: bytes) -> bytes:
    names = [
        "../../escape.csv",
        "/tmp/escape.csv",
        "a/b.csv",
        "C:\\e.csv",
        "nul\tx",
        "价格.csv",
        ".hidden",
        "__MACOSX/x",
        "x" * 300,
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in random.sample(names, k=random.choice([1, 1, 1, 2, 9])):
            made.writestr(name, content)
    return random.choice([bytes, bytes, lambda one: flipped(random, one)])(buffer.getvalue())


def inflating(random: Random, content: bytes) -> bytes:
    """Return what unpacks to much more than it is, once or twice over."""
    much = random.choice([b"\0", b"a,b\n", b"[", b'{"a":1}\n']) * random.choice([3_000_000, 12_000_000])
    once = gzip.compress(content + much, 1) if random.random() < 0.5 else books.zipped({"x.csv": content + much})
    return gzip.compress(once, 1) if random.random() < 0.3 else once


def wrongly_encoded(random: Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    made = text.encode(random.choice(["gb18030", "utf-16", "utf-16-le", "utf-32", "utf-7", "big5hkscs"]), "replace")
    return random.choice([b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"]) + made


MUTATIONS: list[Callable[[Random, bytes], bytes]] = [
    cut, beheaded, flipped, spiced, spiced, spiced, spliced, repeated, shuffled, huge, noise, repacked,
    repacked, archive,
    wrongly_encoded, lambda random, content: gzip.compress(content)[: random.choice([None, None, -5, 20])],
]  # fmt: skip
RARE = 0.02
"""How often a file is one that unpacks to very much: it takes a while."""


def written(random: Random, text: str) -> bytes:
    """Return a table in one of the forms that people send."""
    rows = rows_of(text)
    header, *rest = rows
    forms: list[Callable[[], bytes]] = [
        text.encode, text.encode, text.encode,
        lambda: b"\xef\xbb\xbf" + text.encode(),
        lambda: text.encode("gb18030"),
        lambda: text.replace(",", "\t").encode(),
        lambda: as_json(text),
        lambda: "\n".join(json.dumps(dict(zip(header, row, strict=True)),
    ensure_ascii=False) for row in rest).encode(),
        lambda: SHEETS[text], lambda: SHEETS[text],
        lambda: books.xls(*rows[:20]),
        lambda: books.ods(*rows[:20]),
    ]  # fmt: skip
    return random.choice(forms)()


SHEETS: dict[str, bytes] = {}


def prepared(folder: Path) -> None:
    """Make the workbooks that are spoilt, once, in a folder."""
    for _, _, text in SENT:
        SHEETS.setdefault(
            text, as_sheet(folder, [["=1+1" if cell == "0" else cell for cell in row] for row in rows_of(text)])
        )


def mutant(random: Random) -> Mutant:
    """Return a file that was spoilt, in one way or two; a few come as they are."""
    what, layout, text = random.choice(SENT)
    if random.random() < 0.3:
        text = spiced(random, text.encode()).decode("utf-8", "replace") if random.random() < 0.5 else text
    content = written(random, text) if text in SHEETS else text.encode()
    for _ in range(random.choice([0, 1, 1, 1, 1, 2])):
        content = random.choice(MUTATIONS)(random, content)
    if random.random() < RARE:
        content = inflating(random, content)
    return Mutant(what, layout if random.random() < 0.9 else "prices", content, random.choice(NAMES))
