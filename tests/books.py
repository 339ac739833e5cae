"""Workbooks of the two older kinds, .xls and .ods, and packed files, as small as they can be."""

import gzip
import io
import struct
import zipfile
from xml.sax.saxutils import escape

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512

MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="x"/></manifest:manifest>'
)
ODS = "urn:oasis:names:tc:opendocument:xmlns:"


def xls(*rows, far=None):
    """Return an .xls workbook with one sheet of texts and numbers; `far` is one more cell, (row, column) from 0."""
    cells = [(r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    sheet = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 6))]
    sheet += [_cell(*cell) for cell in [*cells, *([(*far, "x")] if far else [])]] + [_record(0x000A, b"")]
    name = b"\x05\x00Sheet"
    before = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x05, 0, 0, 0, 6))
    starts = len(before) + 4 + 6 + len(name) + 4
    before += _record(0x0085, struct.pack("<IBB", starts, 0, 0) + name) + _record(0x000A, b"")
    return _compound(before + b"".join(sheet))


def _record(number, content):
    return struct.pack("<HH", number, len(content)) + content


def _cell(row, column, value):
    at = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return _record(0x0204, at + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x0203, at + struct.pack("<d", value))


def _compound(stream):
    """Return an OLE file with one stream, Workbook."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    fat = [FAT, END, *range(3, count + 2), END]
    assert len(fat) <= SECTOR // 4
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))
    return (
        head + table + _entry("Root Entry", 5, END, 0, 1) + _entry("Workbook", 2, 2, len(stream)) + bytes(256) + stream
    )


def _entry(name, kind, start, size, child=FREE):
    written = name.encode("utf-16-le").ljust(64, b"\0")
    return written + struct.pack("<HBBIII16xI16xIII", 2 * len(name) + 2, kind, 1, FREE, FREE, child, 0, start, size, 0)


def ods(*rows, body=None):
    """Return an .ods workbook with one sheet; `body` is its XML instead."""
    body = (
        body
        if body is not None
        else "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    )
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{ODS}office:1.0" xmlns:table="{ODS}table:1.0" '
        f'xmlns:text="{ODS}text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": MANIFEST})


def _ods_cell(value):
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def repeated(rows, columns):
    """Return the XML of an .ods row that stands for many cells."""
    cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-cell></table:table-row>'


def zipped(members, *, compression=zipfile.ZIP_DEFLATED):
    """Return a ZIP file of `members`, contents by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def gzipped(content):
    """Return a gzip file."""
    return gzip.compress(content, mtime=0)
