"""Every format, plain or packed: the same table comes out of it, or it is refused and leaves nothing behind."""

import gzip
import io
import os
import struct
import tempfile
import tracemalloc
import zipfile
import zlib

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.errors import Unreadable
from pricecompare.files import office
from pricecompare.files.read import Limits, table
from tests.books import gzipped, ods, repeated, xls, zipped

COLUMNS = ("编码", "价格")
CELLS = [("A1", "12.5"), ("B2", "7")]
NUMBERS = [("A1", 12.5), ("B2", 7)]


def xlsx():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([COLUMNS, *NUMBERS]):
            sheet.write_row(row, 0, cells)
    return buffer.getvalue()


CSV = "编码,价格\nA1,12.5\nB2,7\n"
FORMATS = {
    "csv": (CSV.encode(), CELLS, [2, 3]),
    "csv in GB18030": (CSV.encode("gb18030"), CELLS, [2, 3]),
    "tsv": (CSV.replace(",", "\t").encode(), CELLS, [2, 3]),
    "xlsx": (xlsx(), NUMBERS, [2, 3]),
    "xls": (xls(COLUMNS, *NUMBERS), NUMBERS, [2, 3]),
    "ods": (ods(COLUMNS, *NUMBERS), NUMBERS, [2, 3]),
    "json": ('[{"编码": "A1", "价格": 12.5}, {"编码": "B2", "价格": 7}]'.encode(), NUMBERS, [1, 2]),
    "json lines": ('{"编码": "A1", "价格": 12.5}\n\n{"编码": "B2", "价格": 7}\n'.encode(), NUMBERS, [1, 3]),
}
PACKINGS = {
    "plain": lambda content: content,
    "gz": gzipped,
    "two members of gz": lambda content: gzipped(content[:10]) + gzipped(content[10:]) + bytes(512),
    "zip": lambda content: zipped({"价格.csv": content}),
    "zip with a path": lambda content: zipped({"a/": "", "../../etc/passwd": content}),
    "zip of a Mac": lambda content: zipped({"x.csv": content, "__MACOSX/._x.csv": "?", "d/.DS_Store": "?"}),
    "stored zip": lambda content: zipped({"x": content}, compression=zipfile.ZIP_STORED),
}


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files, which must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert os.listdir(folder) == []


@pytest.fixture
def saved(tmp_path):
    def save(content):
        path = tmp_path / "upload.bin"
        path.write_bytes(content)
        return path

    return save


def refusal(path, **options):
    with pytest.raises(Unreadable) as caught:
        list(table(path, **options).rows)
    return caught.value.code


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_told_by_what_is_in_it(saved, name, packing):
    content, cells, numbers = FORMATS[name]
    found = table(saved(PACKINGS[packing](content)))
    assert (found.columns, list(found.rows)) == (COLUMNS, list(zip(numbers, cells, strict=True)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzipped(b""), "empty_file"),
        (zipped({"a.csv": ""}), "empty_file"),
        (gzipped(CSV.encode())[:-9], "damaged_archive"),
        (gzipped(CSV.encode())[:5], "damaged_archive"),
        (gzipped(CSV.encode()) + b"rest", "damaged_archive"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "damaged_archive"),
        (gzipped(gzipped(CSV.encode())), "nested_archive"),
        (gzipped(zipped({"a.csv": CSV})), "nested_archive"),
        (zipped({"a.gz": gzipped(CSV.encode())}), "nested_archive"),
        (zipped({"a.zip": zipped({"a.csv": CSV})}), "nested_archive"),
        (zipped({}), "zip_not_one_file"),
        (zipped({"a.csv": CSV, "b.csv": CSV}), "zip_not_one_file"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "not_a_spreadsheet"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.xml": "", "xl/workbook.bin": ""}), "not_a_spreadsheet"),
        (zipped({"a.csv": "<html>"}), "html_file"),
        (zipped({"a.csv": CSV}, compression=zipfile.ZIP_BZIP2), "damaged_spreadsheet"),
        (gzipped(b"%PDF-1.4"), "not_text"),
        (gzipped(b"a,b\n1,\0\n"), "nul_bytes"),
        (ods(("a", "b"), ("x", 1))[:-30], "damaged_spreadsheet"),
        (zipped({"mimetype": "x", "content.xml": "<x/>"}), "damaged_spreadsheet"),
        (ods(body="<table:table-row>"), "damaged_spreadsheet"),
        (xls(("a", "b"))[:700], "old_excel"),
        (xls(("a", "b")), "no_rows"),
        (xls(("a", "a"), (1, 2)), "duplicate_columns"),
        (xls(("a", "b"), ("x\0y", 1)), "old_excel"),
        (ods(), "no_rows"),
    ],
    # Packed bytes carry the time.
    ids=lambda value: value if isinstance(value, str) else len(value),
)
def test_what_is_packed_or_written_wrongly_is_refused(saved, content, code):
    assert refusal(saved(content)) == code


def test_a_packed_file_that_was_changed_is_refused(saved):
    content = bytearray(zipped({"a.csv": CSV}, compression=zipfile.ZIP_STORED))
    content[content.index(b"12.5")] = ord("9")
    assert refusal(saved(bytes(content))) == "damaged_archive"


def test_a_zip_with_a_password_says_so(saved):
    content = bytearray(zipped({"a.csv": CSV}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert refusal(saved(bytes(content))) == "zip_password"


ZEROS = 200_000_000


def gz_bomb():
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b"1,2\n" * 250_000) for _ in range(ZEROS // 1_000_000)) + packer.flush()


def zip_bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _ in range(ZEROS // 1_000_000):
            member.write(b"1,2\n" * 250_000)
    return buffer.getvalue()


def many_entries():
    """Return a ZIP whose directory alone is larger than any table's."""
    return zipped({f"{number:0>100}": "" for number in range(8_000)})


@pytest.mark.parametrize("bomb", [gz_bomb, zip_bomb, many_entries], ids=lambda bomb: bomb.__name__)
def test_a_bomb_is_refused_in_little_memory(saved, bomb):
    path = saved(bomb())
    tracemalloc.start()
    assert refusal(path) == "zip_bomb"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_forged_sizes_do_not_hide_a_bomb(saved):
    content = zip_bomb()
    assert struct.pack("<L", ZEROS) in content
    assert refusal(saved(content.replace(struct.pack("<L", ZEROS), struct.pack("<L", 1000)))) == "zip_bomb"


@pytest.mark.parametrize(
    "content",
    [
        xls(("a", "b"), ("x", 1), far=(65_535, 255)),
        ods(body=repeated(100_000, 1000)),
        ods(body=repeated(1_048_576, 16_384)),
    ],
    ids=["xls with a far cell", "ods of repeated cells", "ods of all cells"],
)
def test_a_workbook_that_would_fill_memory_is_refused(saved, content):
    assert refusal(saved(content)) in {"zip_bomb", "sheet_too_large", "damaged_spreadsheet"}


@pytest.mark.parametrize("content", [xls(COLUMNS, *NUMBERS), ods(COLUMNS, *NUMBERS)], ids=["xls", "ods"])
def test_limits_of_older_workbooks_can_be_narrowed(saved, content):
    assert refusal(saved(content), limits=Limits(cells=5)) == "sheet_too_large"
    assert len(list(table(saved(content), limits=Limits(cells=6)).rows)) == 2


def test_memory_of_older_workbooks_can_be_narrowed(saved):
    content = ods(("a", "b"), *[("x" * 50 + str(row), row) for row in range(20_000)])
    assert refusal(saved(content), limits=Limits(office_bytes=1 << 20)) in {"zip_bomb", "damaged_spreadsheet"}


def test_a_reader_that_never_ends_is_ended(saved, monkeypatch):
    monkeypatch.setattr(office, "SECONDS", 0.001)
    assert refusal(saved(xls(COLUMNS, *NUMBERS))) == "zip_bomb"


def test_packed_rows_are_streamed(saved):
    path = saved(gzip.compress(b"a,b\n" + b"12,34\n" * 200_000 + b"5,6", 1))
    tracemalloc.start()
    assert sum(1 for _ in table(path).rows) == 200_001
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


CONTENTS = [packing(content) for content, _, _ in FORMATS.values() for packing in PACKINGS.values()]
STARTS = [
    b"",
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    bytes.fromhex("D0CF11E0A1B11AE1"),
    b"[{",
    b"{",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
]


@st.composite
def mutated(draw):
    """Return a good file that was cut, spliced or written over, or bytes of no kind."""
    content = bytearray(draw(st.sampled_from(CONTENTS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        end = draw(st.integers(at, min(at + 64, len(content))))
        content[at:end] = draw(st.binary(max_size=16) | st.sampled_from([b'"', b"\0", b"\n", b"<", content[:64]]))
    return bytes(content[: draw(st.integers(0, len(content)))]) if draw(st.booleans()) else bytes(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated() | st.builds(bytes.__add__, st.sampled_from(STARTS), st.binary(max_size=300)))
def test_any_bytes_are_a_table_or_unreadable(tmp_path, content):
    path = tmp_path / "upload.bin"
    path.write_bytes(content)
    try:
        found = table(path)
        assert all(len(cells) >= len(found.columns) for _, cells in found.rows)
    except Unreadable as error:
        assert error.reason.zh
