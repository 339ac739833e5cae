"""Text files: which encoding a whole file is written in, and what makes it no text at all."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TextIO

from pricecompare.errors import Unreadable
from pricecompare.files.source import Source

CHUNK = 1 << 16
# Chinese, and all else that takes three bytes or more in UTF-8; what is neither that nor Western European.
EASTERN = re.compile("[\u0800-\U0010ffff]")
FOREIGN = re.compile("[\u0100-\u07ff]")
# So many different Chinese characters never come out of GB18030 bytes by chance: the file is UTF-8, and damaged.
SURELY_UTF8 = 8


@dataclass(frozen=True, slots=True)
class Text:
    """A file known to be text from its first byte to its last.

    `quoted` says whether it has a quotation mark, `marked` whether it begins with a byte order mark.
    """

    source: Source
    encoding: str
    quoted: bool = False
    marked: bool = False

    @contextmanager
    def opened(self) -> Iterator[TextIO]:
        """Open the text behind its byte order mark, line ends left as they are."""
        with io.TextIOWrapper(self.source.opened(), self.encoding, newline="") as file:
            if self.marked:
                file.read(1)
            yield file


def text(source: Source, *, encoding: str | None, longest_line: int | None) -> Text:
    """Read all of `source` once, in small pieces, and return it as Text.

    The encoding is `encoding` if given, else what the byte order mark says, else UTF-8, else GB18030, always strictly
    and for the whole file. NUL characters and a line above `longest_line` characters are Unreadable, too.
    """
    if encoding:
        return _claimed(source, encoding, longest_line, code="wrong_encoding")
    start = source.start
    if start.startswith(codecs.BOM_UTF8):
        return _claimed(source, "utf-8", longest_line, code="broken_utf8")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _claimed(source, "utf-16", longest_line, code="wrong_encoding")
    return _guessed(source, longest_line)


def _claimed(source: Source, encoding: str, longest_line: int | None, *, code: str) -> Text:
    try:
        # Codecs such as "hex" give bytes; only this call refuses them.
        b"a".decode(encoding, "replace")
    except (LookupError, UnicodeError) as error:
        raise Unreadable("wrong_encoding", value=encoding) from error
    scan = _scanned(source, encoding, longest_line)
    if scan.fault:
        raise Unreadable(code, value=encoding) from scan.fault
    return scan.text


def _guessed(source: Source, longest_line: int | None) -> Text:
    """Return the text as UTF-8 where that makes sense, else as GB18030.

    A few words of GB18030 can be valid UTF-8 by chance ("片" is), but then give Cyrillic and the like, never Chinese.
    """
    utf8 = _scanned(source, "utf-8", longest_line)
    if utf8.fault and len(utf8.eastern) >= SURELY_UTF8:
        raise Unreadable("broken_utf8") from utf8.fault
    if not utf8.fault and (utf8.eastern or not utf8.foreign):
        return utf8.text
    gb18030 = _scanned(source, "gb18030", longest_line)
    if not gb18030.fault:
        return gb18030.text
    raise Unreadable("not_text" if _starts_binary(source) else "unknown_encoding") from gb18030.fault


def _starts_binary(source: Source) -> bool:
    with source.opened() as file:
        return b"\0" in file.read(CHUNK)


def _scanned(source: Source, encoding: str, longest_line: int | None) -> "_Scan":
    size = min(CHUNK, longest_line or CHUNK)
    scan = _Scan(source, encoding, longest_line)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with source.opened() as file:
            while piece := file.read(size):
                scan.add(decoder.decode(piece))
        scan.add(decoder.decode(b"", final=True))
    except UnicodeError as fault:
        scan.fault = fault
        if isinstance(fault, UnicodeDecodeError):
            scan.look(fault.object[: fault.start].decode(encoding, "ignore"))
    return scan


class _Scan:
    """What has been seen of a text, given in pieces no longer than the longest line allowed."""

    def __init__(self, source: Source, encoding: str, longest: int | None):
        self.text = Text(source, encoding)
        self.fault: UnicodeError | None = None
        self.eastern: set[str] = set()
        self.foreign = False
        self._longest = longest
        self._begun = False
        self._line = 1
        self._unfinished = 0

    def add(self, piece: str) -> None:
        """Take the next piece in, or raise Unreadable."""
        if "\0" in piece:
            raise Unreadable("nul_bytes", line=self._line + piece.count("\n", 0, piece.index("\0")))
        if '"' in piece and not self.text.quoted:
            self.text = replace(self.text, quoted=True)
        if not self._begun and piece:
            self._begun = True
            self.text = replace(self.text, marked=piece[0] == "\ufeff")
        self.look(piece)
        if self._longest is not None:
            self._measure(piece, self._longest)
        self._line += piece.count("\n")

    def look(self, piece: str) -> None:
        """Note which kinds of characters `piece` has, as long as that is not clear yet."""
        if len(self.eastern) < SURELY_UTF8 and not piece.isascii():
            self.eastern.update(EASTERN.findall(piece))
            self.foreign = self.foreign or bool(FOREIGN.search(piece))

    def _measure(self, piece: str, longest: int) -> None:
        ends = [end for end in (piece.find("\n"), piece.find("\r")) if end >= 0]
        if self._unfinished + min(ends, default=len(piece)) > longest:
            raise Unreadable("line_too_long", line=self._line, limit=longest)
        last = max(piece.rfind("\n"), piece.rfind("\r"))
        self._unfinished = len(piece) - last - 1 if ends else self._unfinished + len(piece)
