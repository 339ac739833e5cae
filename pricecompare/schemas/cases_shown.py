"""The shape of cases as they are answered: where a flag stands, what was done, and what it rests on."""

from marshmallow import fields

from pricecompare.calc.cases import ROLES, STATES
from pricecompare.models import KINDS
from pricecompare.schemas.answers import Flag
from pricecompare.schemas.asked import said
from pricecompare.schemas.ruling import RuleReason
from pricecompare.schemas.shown import Answer, Dated, PlaceName, many, moment, number, one, text, truth, whole, yuan
from pricecompare.schemas.uploads import Named

REASONS = "What rules in force besides the default one say of it, the gravest first."


class Attachment(Answer):
    """A file that was put to a flag."""

    number = whole("Its number, from 1.", 1)
    at = moment("When.")
    role = text("By a regulator or the pharmacy.", one_of=ROLES)
    who = text("By whom.", "wang")
    name = text("What it is called.", "receipt.pdf")
    media = text("What it is, by its content.", "application/pdf")
    bytes = whole("Its size.", 48211)
    sha256 = text("Hash of its bytes.", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")


class CaseStep(Answer):
    """One step, comment or file of a flag."""

    revision = whole("Which one it is, from 1 without gaps.", 1)
    at = moment("When.")
    action = text("The step; comment, attach, open and undo are none of the life of a flag.", "screen")
    before = text("The state before.", one_of=STATES)
    after = text("The state since.", one_of=STATES)
    role = text("Who takes such steps.", one_of=ROLES)
    who = text("Who took it.", "wang")
    why = text("Why.", "进价上涨，已核实")
    price = yuan("The price that it is about.", "28.90")
    batch = whole("The batch that it belongs to.", null=True)


class TakenUp(Answer):
    """The numbers that a flag was taken up with."""

    at = moment("When it was taken up first.")
    class_ = fields.String(
        attribute="class", data_key="class", metadata=said("Class of the flag, or reported.", "high")
    )
    grade = text("Grade of the flag, or reported.", "high")
    price = yuan("What a pack cost.", "28.90")
    fen = whole("The same in fen.", 2890)
    observed_at = moment("When the price was seen.")
    ref_median = yuan("Median of the other pharmacies; null where too few are known.", "10.00", null=True)
    ref_mean = yuan("Mean of the other pharmacies.", "10.12", null=True)
    others = whole("How many other pharmacies.", 95)
    ref_area = text("Where they are: local or wider.", "local")
    ratio_median = number("Price ÷ median.", 2.89, null=True)
    ratio_mean = number("Price ÷ mean.", 2.86, null=True)
    z = number("Robust score.", null=True)
    spread = number("How widely prices of this drug usually lie.", null=True)
    factor = number("Likely slip of a data error.", null=True)
    strong = whole("Whether the price stands out by two measures, 1 or 0.", 1)
    rule_id = text("The rule.", "loo-pooled")
    rule_version = whole("Its version.", 1)
    data_version = whole("The data version in which the flag was made.", 5)
    prices_sha256 = text(
        "Hash of the prices that it was compared with.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )
    reasons = many(RuleReason, REASONS)


class OpenTo(Answer):
    """Who may take which step now."""

    regulator = fields.List(fields.String(), metadata=said("Steps of the regulator.", ["review"]))
    pharmacy = fields.List(fields.String(), metadata=said("Steps of the pharmacy.", ["explain"]))


class Standing(Answer):
    """Where a flag stands."""

    id = text("Name of the flag: pharmacy, drug and kind of price.", "17-203-listed")
    state = text("Where it stands.", one_of=STATES)
    standing = truth("Whether the price is flagged now.")
    revision = whole("How many steps it has taken; also its ETag.", 3)
    due_on = text("Until when the next step is due.", "2026-11-08", null=True)
    overdue = truth("Whether that day has passed.")


class Case(Standing):
    """A flag, where it stands, and all that was done about it."""

    region = one(PlaceName)
    flag = one(Flag, null=True)
    reasons = many(RuleReason, REASONS)
    taken_up = one(TakenUp, null=True)
    open_to = one(OpenTo)
    steps = many(CaseStep, "What was done, oldest first.")
    attachments = many(Attachment, "Files, oldest first.")


class Reminded(Case):
    """A flag after a step of a regulator."""

    answer_code = text("After a reminder the code with which the pharmacy answers: hand it to nobody else.", null=True)


class ListedCase(Standing):
    """A case in a list."""

    pharmacy = one(Named)
    drug = one(Named)
    kind = text("Kind of price.", one_of=KINDS)
    price = yuan("What a pack cost when it was taken up.", "28.90")


class CaseList(Answer):
    """Cases of a region."""

    region = one(PlaceName)
    items = many(ListedCase, "Cases, the oldest first.")
    next = text("Cursor of the next page; null on the last.", null=True)


class OwnCases(Answer):
    """Cases of one pharmacy."""

    pharmacy = one(Named)
    items = many(ListedCase, "Cases, the oldest first.")
    next = text("Cursor of the next page; null on the last.", null=True)


class ComparedWith(Answer):
    """The prices that one was compared with."""

    n = whole("How many.", 95)
    fen = fields.List(fields.Integer(), metadata=said("Each, in fen, rising."))


class Explanation(Dated):
    """Why a price is flagged: its sentence, every number, and the prices it was compared with."""

    id = text("Name of the flag.", "17-203-listed")
    flag = one(Flag)
    reasons = many(RuleReason, REASONS)
    frozen = truth("Whether this is as it was when the flag was taken up, and not as it is now.")
    prices_sha256 = text("Hash of the prices that are kept with it.", null=True)
    compared_with = one(ComparedWith)
    svg = text("A picture of these prices with this one marked.", "<svg/>")


class OwnCase(Case):
    """A flag for its pharmacy, with what it rests on."""

    explained = one(Explanation)


class BatchDone(Answer):
    """What a batch did, or would do."""

    batch = whole("Number of the batch, to take it back; null for a dry run or when nothing was done.", null=True)
    done = whole("With how many flags the step was taken.", 812)
    left = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=said("How many were left, by why.", {"step_out_of_turn": 1}),
    )
    dry_run = truth("Whether nothing was done.")


class UndoDone(Answer):
    """What became of a batch that was taken back."""

    batch = whole("Number of the batch.", 1)
    undone = whole("How many flags are as they were before.", 800)
    moved_since = whole("How many had moved meanwhile and stay.", 12)
