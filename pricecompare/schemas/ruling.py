"""The shape of what is asked and answered about rules: what they are, where they hold, what they find."""

from marshmallow import fields

from pricecompare.models import KINDS
from pricecompare.schemas.asked import Text, Whole, YesNo, said
from pricecompare.schemas.cases import why as _why
from pricecompare.schemas.dated import Day
from pricecompare.schemas.lines import Line, line, printed
from pricecompare.schemas.questions import Paged, Question, kind
from pricecompare.schemas.rule import GROUPS
from pricecompare.schemas.shown import (
    Answer,
    Dated,
    FlaggedDrug,
    FlaggedPharmacy,
    Kind,
    PlaceName,
    many,
    moment,
    number,
    one,
    text,
    whole,
    yuan,
)

MOST_TEXT = 5000
"""Characters of a rule over HTTP: a small body holds as many, even of three bytes each."""


A_RULE = """name = "plain-140"
version = 1
title = { zh = "同时达到本地平均价和中位价的 1.4 倍", en = "1.4 times the local mean and median" }
above = { all_median = 1.4, all_mean = 1.4 }
tiers = { above = 1.4 }
min_others = 2

[text]
zh = "{day} 的价格为 {price} 元，是{area}中位价的 {times} 倍。请核对；如无误可填写说明。"
en = "¥{price}, seen on {day}, is {times} times the middle price in {area}. Please check, or add a reason."
"""
"""A rule as somebody would add it."""


def who() -> Text:
    """Return the field of a name."""
    return line("Who does it.", "wang")


def why() -> Text:
    """Return the field of a reason."""
    return _why("Why; it must be said, and stands there for good.", "一城的投诉增多")


class Version(Question):
    """Which version of a rule."""

    version = Whole(metadata=said("Its version; the newest unless given.", 1))


class FoundAsked(Paged):
    """Which prices that rules found."""

    rule = Text(validate=Line(), metadata=printed("Only what this rule found.", "plain-150"))
    tier = Text(validate=Line(), metadata=printed("Only this tier of it.", "above"))
    kind = kind()


class RuleAdded(Question):
    """A rule to keep, who adds it and why."""

    class Meta:
        """Options of marshmallow."""

        description = "A rule to keep, who adds it and why."

    text = Text(
        required=True, metadata=said("The rule as TOML, as GET /rules/{rule} shows it.", A_RULE, maxLength=MOST_TEXT)
    )
    who = who()
    why = why()


class RuleTried(Question):
    """A rule that is tried on a region: one that is kept, or a text."""

    class Meta:
        """Options of marshmallow."""

        description = "A rule that is tried on a region: one that is kept, or a text."

    region = Text(required=True, metadata=said("Pooling region whose prices are looked at.", "990100"))
    rule = Text(metadata=said("A rule that is kept: name, or name@version.", "plain-150"))
    text = Text(metadata=said("Or a rule as TOML.", maxLength=MOST_TEXT))


class RuleUsed(Question):
    """Which version of a rule holds from when until when; who says so and why."""

    class Meta:
        """Options of marshmallow."""

        description = "Which version of a rule holds from when until when; who says so and why."

    version = Whole(metadata=said("The version; the newest unless given.", 1))
    in_force = YesNo(load_default=True, metadata=said("false puts the rule out of force from that day on."))
    since = Day("The first day; today unless given.", "2026-11-01")
    until = Day("The last day; none unless given.", "2026-12-31")
    who = who()
    why = why()


class RuleLabel(Answer):
    """A rule and what it is called."""

    id = text("Name of the rule.", "plain-150")
    version = whole("Its version.", 1)
    title_zh = text("What it says in short, in Chinese.")
    title_en = text("The same in English.")


class RuleName(Answer):
    """A version of a rule."""

    name = text("Name of the rule.", "plain-150")
    version = whole("Its version.", 1)
    title_zh = text("What it says in short, in Chinese.")
    title_en = text("The same in English.")
    kinds = fields.List(fields.String(), metadata=said("Kinds of price that it is about.", list(KINDS)))
    group = text("What prices are compared within: one pack, all packs of a product, all makers.", one_of=GROUPS)


class ShownRule(RuleName):
    """A version of a rule with its text."""

    made_at = text("When it was added; null for one that comes with the program.", null=True)
    text = text("The rule as TOML: copy it to make your own.")


class RuleList(Answer):
    """Every version of every rule, the newest of a name first."""

    items = many(RuleName, "The rules, by name.")


class RuleUseShown(Answer):
    """What was said of a rule."""

    name = text("Name of the rule.", "plain-150")
    version = whole("The version that holds; null: none.", 1, null=True)
    rule = one(RuleName, null=True)
    region = one(PlaceName, null=True)
    since = text("The first day.", "2026-11-01")
    until = text("The last day; null while no end is known.", null=True)


class RuleUseDone(RuleUseShown):
    """What was said of a rule, and what came of it at once."""

    looked = whole("How many prices rules looked at; none when it begins later.", 1200)
    moved = whole("How many flags came, changed or went.", 12)


class RulesInForce(Dated):
    """The rules that hold in a pooling region, the default one first."""

    region = one(PlaceName)
    rules = many(RuleName, "The rules that hold today.")
    to_come = many(RuleUseShown, "What was said of days to come.")


class Reference(Answer):
    """What a price was compared with."""

    name = text("Which reference: median, mean, upper, all_median, all_mean, ceiling, other_kind.", "median")
    price = yuan("How much that is.", "10.00")
    fen = number("The same in fen, unrounded.", 1000)
    ratio = number("Price ÷ reference.", 1.8)


class PublicRuleReason(Answer):
    """What a rule besides the default one says of a price, with every number behind it."""

    rule = one(RuleLabel)
    tier = text("The tier of the rule that the price is in.", "above")
    ratio = number("Price ÷ the first reference.", 1.8)
    references = many(Reference, "What it was compared with.")
    group = text("What it was compared within.", one_of=GROUPS)
    others = whole("How many other pharmacies.", 95)
    ref_area = text("Where they are: local (the region) or wider (the province).", one_of=("local", "wider"))
    z = number("How many usual spreads it lies above the others' median; null where there are too few.", null=True)
    spread = number("How widely prices of this drug usually lie, as a share.", 0.11)
    data_version = whole("The data version in which it was found.", 5)
    text_zh = text("What the rule says, in Chinese.")
    text_en = text("What the rule says, in English.")


class RuleReason(PublicRuleReason):
    """What a rule says of a price, for those concerned."""

    confidential = fields.Boolean(metadata=said("Whether it rests on a standard that must not be published."))


class RuleFlag(PublicRuleReason, Kind):
    """A price that a rule found: a question to the pharmacy, not an accusation."""

    id = text("Name of the flag: pharmacy, drug and kind of price.", "17-203-listed")
    pharmacy = one(FlaggedPharmacy)
    drug = one(FlaggedDrug)
    price = yuan("What a pack costs.", "28.90")
    fen = whole("What a pack costs, in fen.", 2890)
    observed_at = moment("When the price was seen.")


class RuleFlags(Answer):
    """Prices that rules found, gravest first."""

    region = one(PlaceName)
    items = many(RuleFlag, "What rules found, of this page.")
    next = text("Cursor of the next page; null on the last.", null=True)
    data_version = whole("The data version that last changed what is told here.", 5)


class RuleTrial(Dated):
    """What a rule would flag in a region today; nothing was written."""

    rule = one(RuleName)
    against = one(RuleName)
    region = one(PlaceName)
    looked = whole("How many prices were looked at.", 1200)
    flagged = whole("How many would be flagged.", 31)
    tiers = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata=said("How many of each tier."))
    new = whole("How many of them are not flagged by the rule it is held against.", 12)
    same = whole("How many that flags too.", 19)
    gone = whole("How many that flags and this one would not.", 4)
    examples = fields.List(fields.Dict(), metadata=said("The gravest, with every number and the sentence."))
