"""Pictures and documents that people put to a case: what a file is, by its content, and how it may be called."""

import re

PNG, JPEG, PDF = "image/png", "image/jpeg", "application/pdf"

STARTS = {
    PNG: re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    JPEG: re.compile(rb"\xff\xd8\xff[\xc0-\xfe]"),
    PDF: re.compile(rb"%PDF-[12]\.[0-9][\r\n]"),
}
"""How files of each sort begin (ISO/IEC 15948; ISO/IEC 10918-1, B.1.1; ISO 32000-2, 7.5.2)."""

ENDINGS = {PNG: (".png",), JPEG: (".jpg", ".jpeg"), PDF: (".pdf",)}

LONGEST_NAME = 100


def media_of(content: bytes) -> str | None:
    """Return what a file is by how it begins; None when it is nothing that is taken.

    >>> media_of(b"%PDF-1.7\\n%..."), media_of(b"<html>")
    ('application/pdf', None)
    """
    return next((media for media, start in STARTS.items() if start.match(content)), None)


def shown_name(name: str, media: str) -> str:
    """Return a name as a file may be handed out: one part, printable, with the ending of what it is.

    >>> shown_name("../../发票.html", PNG), shown_name("照片.JPG", JPEG), shown_name("", PDF)
    ('发票.html.png', '照片.JPG', 'file.pdf')
    """
    last = re.split(r"[\\/]", name)[-1][-LONGEST_NAME:]
    clean = "".join(letter if letter.isprintable() else "_" for letter in last).strip(" .") or "file"
    return clean if clean.lower().endswith(ENDINGS[media]) else clean + ENDINGS[media][0]
