"""What a dump is, as the API describes it."""

from pricecompare.models.listing import TYPES
from pricecompare.schemas.shown import Answer, many, text, whole


class DumpColumn(Answer):
    """A column of a table."""

    name = text("Its name in the file.", "price")
    type = text("What it holds: money is yuan with two decimals, a moment has its offset.", one_of=TYPES)
    title_zh = text("What it is, in Chinese.", "价格（元）")


class DumpFile(Answer):
    """A file; its name tells its content, so that it never changes."""

    name = text("Its name.", "offers-0f343b0931126a20.csv.gz")
    href = text("Where it is.", "/api/v1/dumps/offers-0f343b0931126a20.csv.gz")
    format = text("csv.gz or parquet.", "csv.gz")
    media = text("Its media type.", "application/gzip")
    bytes = whole("Its length.", 31337)
    sha256 = text("SHA-256 of its bytes.", "0f343b0931126a20f133d67c2b018a3b5a5a4e0e0a3f5a3f0a4c0b1b5d3f1c2e")


class DumpTable(Answer):
    """A table, in one or two formats."""

    name = text("Its name.", "offers")
    title_zh = text("What it is, in Chinese.", "现价")
    title_en = text("What it is, in English.", "What is asked now")
    rows = whole("How many rows it has.", 4210)
    columns = many(DumpColumn, "Its columns, in order.")
    files = many(DumpFile, "The same rows in each format.")


class Dump(Answer):
    """The newest dump: all that is public, as files."""

    format = whole("Counted up when programs that read dumps would have to be changed.", 1)
    program = text("What made it.", "pricecompare 0.1.0")
    data_version = whole("The data version it shows; give it as `since` to /changes for what came later.", 42)
    today = text("The day as of which statistics and flags are told.", "2026-11-01")
    max_age_days = whole("After how many days a price no longer counts.", 30)
    tables = many(DumpTable, "The tables.")
