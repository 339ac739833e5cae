"""Refused rows come back in the sender's layout with every reason, and go in once they are corrected."""

import io
import re
import tracemalloc

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pricecompare.errors import Reason
from pricecompare.files.read import table
from pricecompare.files.write import table_lines
from pricecompare.models import Finding
from pricecompare.schemas import findings, notes
from pricecompare.schemas.checking import Check
from pricecompare.schemas.layout import PLAIN
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.sifting import checked, refused_rows
from tests.books import gzipped
from tests.laid import DRUG, HEADER, PHARMACY, laid_out

GOOD = (PHARMACY, DRUG, "12.50", "2026-10-28", "in")


def checked_file(path, one=PLAIN, what="prices"):
    """Return the check of a file and how many of its rows are taken."""
    found = table(path, layout=one)
    check = Check(ROWS[what](), found.columns, {}, one)
    return check, sum(1 for _ in checked(check, found.rows))


def returned(path, check, one=PLAIN):
    """Return the file of refused rows."""
    found = table(path, layout=one)
    return b"".join(table_lines(found.columns, refused_rows(check, found.rows), found.form, layout=one))


def csv_file(path, *rows, separator=","):
    path.write_text("\n".join(separator.join(row) for row in (HEADER, *rows)) + "\n")
    return path


def test_a_row_comes_back_with_its_cells_and_every_reason(tmp_path):
    path = csv_file(
        tmp_path / "x", GOOD, ("P1", DRUG, "¥1", "2026-10-28", "in", "?"), ("P1", DRUG, "¥1", "", "in"), GOOD
    )
    check, taken = checked_file(path)
    check.find(5, "pharmacy", "error", Reason.of("unknown_pharmacy", value=PHARMACY), PHARMACY)
    check.find(5, "fen", "error", Reason.of("conflicting_rows", rows="2, 5"))
    check.find(2, "drug", "warning", Reason.of("bad_number", value="x"))
    found = list(refused_rows(check, table(path).rows))
    assert (taken, check.refused) == (2, 3)
    assert [(row, cells, [(one.row, one.column, one.code) for one in why]) for row, cells, why in found] == [
        (3, ("P1", DRUG, "¥1", "2026-10-28", "in", "?"), [(3, "", "too_many_cells")]),
        (
            4,
            ("P1", DRUG, "¥1", "", "in"),
            [(4, "pharmacy_code", "bad_pharmacy_code"), (4, "price", "price_with_currency")]
            + [(4, "observed_at", "missing_value")],
        ),
        (5, GOOD, [(5, "pharmacy_code", "unknown_pharmacy"), (5, "price", "conflicting_rows")]),
    ]
    assert (check.rows, check.refused, check.errors, len(check.findings)) == (4, 3, 6, 7)
    lines = returned(path, check).decode().split("\r\n")
    assert lines[0] == "pharmacy_code,drug_code,price,observed_at,stock,refusal_code,refusal_reason"
    assert lines[2].startswith(
        f'P1,{DRUG},¥1,,in,bad_pharmacy_code; price_with_currency; missing_value,"第 4 行 / row 4: pharmacy_code: '
    )
    assert "observed_at: 此项不能为空。 This value is missing." in lines[2]


def xlsx(*rows):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()


BAD = (PHARMACY, DRUG, "12,505", "2026-10-28", "in")
LINES = f"{','.join(GOOD)}\n"
JSON = '{"pharmacy_code": "%s", "drug_code": "%s", "price": "12,505", "observed_at": "2026-10-28", "stock": null}'


@pytest.mark.parametrize(
    ("content", "text", "wrong", "right"),
    [
        (f"{','.join(HEADER)}\n{LINES}{','.join(BAD[:2])},¥8,2026-10-28,有\n".encode("gb18030"), "", "¥8,", "8,"),
        ("\ufeff" + f"{';'.join(HEADER)}\n{';'.join(BAD)}\n", "", "12,505", "12.50"),
        (f"{','.join(HEADER)}\n{','.join(BAD[:2])},¥8,2026-10-28,in\n".encode("utf-16"), "", "¥8,", "8,"),
        (f"一\n\n{'|'.join(HEADER)}\n{'|'.join(BAD)}|\n", 'title_lines = 2\nseparator = "|"', "12,505", "12.50"),
        (
            f"{'|'.join(HEADER)}\n{'|'.join(BAD)}|x\n",
            'quotes = false\nseparator = "|"\nsurplus = "stock"\nvalues.stock = { "in|x" = "in" }',
            "12,505",
            "1",
        ),
        (
            f"{','.join(HEADER)}\n{','.join(BAD[:2])},é1,2026-10-28,in\n".encode("latin-1"),
            'encoding = "latin-1"',
            "é1",
            "1",
        ),
        ("[" + JSON % (PHARMACY, DRUG) + "]", 'format = "json"', "12,505", "12.50"),
        (gzipped((JSON % (PHARMACY, DRUG)).encode()), "", "12,505", "12.50"),
        (xlsx(HEADER, (*BAD[:2], 12.505, *BAD[3:])), 'decimal = ","\nformat = "sheet"', "12,505", "12,5"),
        (xlsx(["甲"], HEADER, (*BAD[:2], 12.505, *BAD[3:])), "", "12.505", "12.5"),
    ],
    ids=["GB18030", "BOM and semicolons", "UTF-16", "title lines", "no quotes", "Latin-1", "JSON", "packed", "sheet"]
    + ["sheet with a title"],
)
def test_a_corrected_cell_is_all_it_takes(tmp_path, content, text, wrong, right):
    path, again = tmp_path / "sent", tmp_path / "again"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    one = laid_out(text)
    check, taken = checked_file(path, one)
    assert check.refused == 1
    encoding = table(path, layout=one).form.encoding
    back = returned(path, check, one).decode(encoding)
    assert back.count(wrong) >= 1 and "refusal_code" in back
    # A second refusal does not add a second pair of columns.
    again.write_bytes(back.encode(encoding))
    second, none = checked_file(again, one)
    anew = returned(again, second, one).decode(encoding)
    assert (none, second.refused, WHERE.sub("", anew)) == (0, 1, WHERE.sub("", back))
    again.write_bytes(back.replace(wrong, right, 1).encode(encoding))
    assert checked_file(again, one)[1] == 1


WHERE = re.compile(r"第 \d+ 行 / row \d+|\? \d+ \? / row \d+")
"""Which row it was, in any encoding; the file that comes back has rows of its own."""

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT).filter(lambda row: any(map(str.strip, row))), min_size=1, max_size=6))
@example([("=1", "'=1", "''=1"), ("-5", "'-5", "a\nb"), ('"', ",", "＝x")])
def test_cells_come_back_as_they_were_sent(tmp_path, rows):
    path, again = tmp_path / "sent", tmp_path / "again"
    refused = [(number, cells, [Finding(number, "", "error", "c", "e", "中", "")]) for number, cells in enumerate(rows)]
    sent = table(_written(path, ("a", "b", "c"), rows))
    again.write_bytes(b"".join(table_lines(sent.columns, refused, sent.form)))
    found = table(again)
    assert (found.columns, [cells for _, cells in found.rows]) == (("a", "b", "c"), rows)
    assert not any(cell.startswith(("=", "+", "@", "-cmd")) for cell in again.read_text("utf-8").split(","))


def _written(path, header, rows):
    path.write_text(",".join(header) + "\nx,y,z\n", "utf-8")
    return path


def test_what_is_personal_does_not_come_back(tmp_path):
    path = tmp_path / "sent"
    path.write_text(f"psn_name,{','.join(HEADER)}\nLi,{','.join(BAD)}\nWang,{','.join(GOOD)},Zhao\n")
    one = laid_out('drop = "psn_name"')
    check, _ = checked_file(path, one)
    back = returned(path, check, one).decode()
    assert check.refused == 2 and "row_withheld" in back
    assert not any(name in back for name in ("psn_name", "Li", "Wang", "Zhao"))
    (tmp_path / "again").write_bytes(back.replace("12,505", "12.50").encode())
    assert checked_file(tmp_path / "again", one)[0].refused == 0


def test_a_hundred_thousand_bad_rows_come_back_in_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(notes, "IN_MEMORY", 1 << 16)
    count = 100_000
    path = csv_file(tmp_path / "x", *([GOOD] * count))
    check, _ = checked_file(path)
    tracemalloc.start()
    for row in range(count + 1, 1, -1):
        check.find(row, "pharmacy", "error", Reason.of("unknown_pharmacy", value=PHARMACY), PHARMACY)
    kept = len(check.findings)
    check.findings.clear()
    found = table(path)
    lines = table_lines(found.columns, refused_rows(check, found.rows), found.form)
    assert sum(piece.count(b"unknown_pharmacy") for piece in lines) == count == kept == findings.MOST_FINDINGS
    assert tracemalloc.get_traced_memory()[0] < 12_000_000
    tracemalloc.stop()


def test_the_file_of_refused_rows_is_whole_where_findings_are_cut_short(tmp_path, monkeypatch):
    monkeypatch.setattr(findings, "MOST_FINDINGS", 3)
    check, _ = checked_file(path := csv_file(tmp_path / "x", *([BAD[:2] + ("¥", "昨天", "?")] * 5)))
    assert (len(check.findings), check.untold) == (3, 12)
    assert [len(why) for _, _, why in refused_rows(check, table(path).rows)] == [3] * 5
