"""The shape of uploads: the form a file comes with, questions about the ledger, and what the ledger answers."""

from marshmallow import Schema, fields

from pricecompare.calc.packing import EFFECTS
from pricecompare.models import DATUMS, KINDS, MODES, STATES, STOCKS
from pricecompare.schemas.asked import OneOf, Text, YesNo, said
from pricecompare.schemas.lines import Line, line, printed
from pricecompare.schemas.questions import Paged, Question, kind
from pricecompare.schemas.rows import ROWS, SENT
from pricecompare.schemas.shown import Answer, many, moment, number, one, packs_there, text, truth, whole, yuan

DECISIONS = ("retraction", "confirmation", "rejection", "release")
"""What decisions are called in the ledger."""


class Fields(Schema):
    """How a file is to be taken."""

    what = Text(required=True, validate=OneOf(SENT), metadata=said("What is in the file.", "prices"))
    layout = line("Name, or name@version, of the layout the file is written in.", "sales-3505")
    mode = Text(
        load_default="",
        validate=OneOf(("", *MODES)),
        metadata=said(
            "Whether prices are changes, or whole lists of which what is missing is not sold any more. Unless given, "
            "what the layout says, or changes."
        ),
    )
    source = line("The feed the file belongs to: guards compare it with what the same source sent last.", "chain-a")
    sender = line("Who sends it.", "operator@example.com")
    observed_at = line("When all prices were observed, where no column says it: ISO date or time.", "2026-10-31")
    coord_type = Text(load_default="", validate=OneOf(("", *DATUMS)), metadata=said("Datum of all coordinates."))
    month = line("Month of all sales, where no column says it: YYYY-MM.", "2026-10")
    region = line("Where all payment standards hold, where no column says it: six digits, or national.", "990000")
    since = line("First day of all payment standards, where no column says it: an ISO date.", "2026-01-01")
    encoding = line("Encoding of a text file, where it cannot be told.", "gb18030")
    dry_run = YesNo(load_default=False, metadata=said("Only say what the file would change."))


class Form(Fields):
    """A file and how it is to be taken."""

    class Meta:
        """Options of marshmallow."""

        description = "A file and how it is to be taken."

    file = fields.Raw(
        required=True,
        metadata={
            "description": "The file, as it is or packed with gzip.",
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "examples": [
                "pharmacy_code,drug_code,price,observed_at\nP99010200001,XJ01CAA501A001010190008,10.00,2026-10-31\n"
            ],
        },
    )


class Uploads(Paged):
    """Which rows of the ledger."""

    state = Text(validate=OneOf(STATES), metadata=said("Only those in this state."))
    source = Text(validate=Line(), metadata=printed("Only those of this source.", "chain-a"))
    what = Text(validate=OneOf((*ROWS, *DECISIONS)), metadata=said("Only files or decisions of this sort.", "prices"))


class Changes(Paged):
    """Which changes of an upload."""

    what = Text(validate=OneOf(EFFECTS), metadata=said("Only changes of this sort.", "changed"))


class Decision(Question):
    """What is to become of an upload."""

    class Meta:
        """Options of marshmallow."""

        description = "What is to become of an upload."

    decision = Text(
        required=True,
        validate=OneOf(("confirm", "reject", "retract")),
        metadata=said("Let one in quarantine count, or never count; or take one back that counts.", "confirm"),
    )
    by = line("Who decides.", "operator@example.com")
    why = line("Why, for the audit trail.", "已与药店核实")


class Release(Question):
    """Which price of a drug is right."""

    class Meta:
        """Options of marshmallow."""

        description = "Which kind of price is right, and who says so."

    kind = kind(load_default="listed")
    by = line("Who decides.", "operator@example.com")
    why = line("Why, for the audit trail.", "已与药店核实")


class Why(Answer):
    """Why an upload was put aside or refused."""

    code = text("Stable code.", "guard_few_rows")
    en = text("The reason in English.", "The list has 12 rows; the last one had 480.")
    zh = text("The reason in Chinese.", "本次清单 12 行，上次为 480 行。")


class DecisionMade(Answer):
    """A decision about an upload."""

    id = whole("Its number in the ledger.", 7)
    what = text("What was decided.", one_of=DECISIONS)
    by = text("Who decided it, as far as that was said.", "operator@example.com")
    at = moment("When.")


class Links(Answer):
    """Where more about an upload is."""

    self = text("The upload.", "/api/v1/uploads/6")
    changes = text("What it changed.", "/api/v1/uploads/6/changes")
    refused = text("Its refused rows as a file; null when none was refused.", null=True)


class Counts(Answer):
    """What became of the rows of an upload: rows = added + changed + unchanged + late + refused + filtered."""

    rows = whole("Rows in the file.", 1000)
    added = whole("New offers or records.", 20)
    changed = whole("Offers or records that are different now.", 30)
    unchanged = whole("Rows that said what was known.", 945)
    late = whole("Prices older than what is live, for the history only.", 3)
    gone = whole("Offers that a whole list does not name any more.", 1)
    held = whole("Suspicious prices, held out of statistics until confirmed.", 0)
    refused = whole("Rows that were refused.", 2)
    filtered = whole("Rows that the layout passes over.", 0)
    warnings = whole("Remarks on rows that were taken.", 0)


class Upload(Counts):
    """A row of the ledger: a file or message and what became of it, or a decision."""

    id = whole("Its number; null for what a dry run only tried.", 6, null=True)
    what = text("What it holds: regions, drugs, pharmacies, prices, sales, holidays; or a decision.", "prices")
    state = text("What became of it; waiting means that it was not looked at yet.", one_of=STATES)
    about = whole("The upload that a decision is about.", null=True)
    sender = text("Who sent or decided it.", "operator@example.com")
    source = text("The feed it belongs to.", "chain-a")
    file_name = text("What the sender called the file.", "prices.csv")
    layout = text("Name and version of the layout by which it was read.", "prices@1")
    mode = text("Changes or whole lists.", one_of=MODES)
    sha256 = text("Hash of its bytes.", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    bytes = whole("Its size.", 48211)
    declared = fields.Dict(keys=fields.String(), metadata=said("What was said of the whole file.", {"mode": "full"}))
    came_at = moment("When it came.")
    taken_at = fields.String(
        allow_none=True, metadata=said("When it was taken.", "2026-10-31T08:05:00+08:00", format="date-time")
    )
    newest_at = fields.String(
        allow_none=True, metadata=said("The newest observation in it.", "2026-10-31T00:00:00+08:00", format="date-time")
    )
    reasons = many(Why, "Why it was put aside or refused as a whole.")
    decisions = many(DecisionMade, "What was decided about it, oldest first.")
    data_version = whole("The data version that it made; null when it changed nothing.", 5, null=True)
    links = one(Links, null=True)


class Ledger(Answer):
    """Rows of the ledger, newest first."""

    items = many(Upload, "Uploads and decisions.")
    next = text("Cursor of the next page; null on the last.", null=True)


class Named(Answer):
    """Code and name."""

    code = text("Code.", "P99010200001")
    name = text("Name.", "云泽市蘅和大药房望月街第1分店")


class PriceChange(Answer):
    """What became of one price."""

    pharmacy = one(Named)
    drug = one(Named)
    kind = text("Kind of price.", one_of=KINDS)
    what = text(
        "A new offer, another price, off the list, the same price seen again, or something about the past only.",
        one_of=EFFECTS,
    )
    before = yuan("What was asked before.", "12.00", null=True)
    before_fen = whole("The same in fen.", 1200, null=True)
    price = yuan("What is asked now.", "12.50", null=True)
    fen = whole("The same in fen.", 1250, null=True)
    percent = number("How much dearer it is, in per cent.", 4.2, null=True)
    observed_at = moment("When the price was last stated.")
    stock = text("Whether the drug is there.", one_of=STOCKS)
    stock_packs = packs_there()
    held = truth("Whether the price is held as suspicious.")


class ChangesMade(Answer):
    """What an upload or decision did, by pharmacy, kind and drug."""

    upload = whole("Its number.", 6)
    items = many(PriceChange, "Changes.")
    next = text("Cursor of the next page; null on the last.", null=True)


class Found(Answer):
    """What was found in one row."""

    row = whole("Its number in the file.", 12)
    column = text("The column.", "price")
    severity = text("error or warning.", "error")
    code = text("Stable code.", "bad_price")
    en = text(
        "What is wrong, in English.", "'abc' is not a price: write yuan with at most two decimals, such as 12.50."
    )
    zh = text("What is wrong, in Chinese.", "'abc' 不是有效价格：请填写以元为单位、最多两位小数的数字，例如 12.50。")
    value = text("What stands there.", "abc")


class Trial(Answer):
    """What a file would change, were it taken."""

    dry_run = truth("Always true.")
    repeated = truth("Whether these bytes were taken already.")
    upload = one(Upload)
    findings = many(Found, "What was found in its rows, the first thousand.")
    more_findings = whole("How many more there are.", 0)
    changes = many(PriceChange, "All that it would change.")
