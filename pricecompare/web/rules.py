"""Rules over HTTP: what they are, where they hold, what they find; tried, added and put in force by regulators."""

from typing import Any

from pricecompare.schemas import ruling as shapes
from pricecompare.schemas.questions import Plain
from pricecompare.services.answers import freshness
from pricecompare.services.ruling import listing, shelf, using
from pricecompare.web.answering import desk
from pricecompare.web.errands import beside
from pricecompare.web.keys import REGULATOR, hand
from pricecompare.web.limits import costs
from pricecompare.web.locked import Locked
from pricecompare.web.nouns import Noun

NAME = {"in": "path", "name": "rule", "description": "Name of a rule.", "example": "plain-150"}
REGION = {
    "in": "path",
    "name": "region",
    "description": "Six-digit code of a pooling region or a province; 000000 is everywhere.",
    "example": "990100",
}

rules = Noun(
    "rules",
    description="Rules about abnormal prices",
    code="Name of a rule.",
    example="plain-150",
    parameter="rule",
)
ruled = Noun(
    "ruled",
    description="Which rules hold in a region, and what they find",
    code="Six-digit code of a pooling region (统筹区) or of one of its parts.",
    example="990100",
    parameter="region",
)
ruling = Locked("ruling", REGULATOR, "Rules tried, added and put in force")


@rules.answers("/rules", Plain, shapes.RuleList, freshness.whole)
def list_rules() -> dict[str, Any]:
    """Every version of every rule about abnormal prices."""
    return shelf.listed(desk())


@rules.answers("/rules/<rule>", shapes.Version, shapes.ShownRule, freshness.whole)
def show_rule(rule: str, version: int | None = None) -> dict[str, Any]:
    """A rule with its text: copy it to make your own."""
    return shelf.shown(desk(), rule, version)


@ruled.answers("/regions/<region>/rules", Plain, shapes.RulesInForce, freshness.region)
def list_region_rules(region: str) -> dict[str, Any]:
    """The rules that hold in a region today, the default one first, and what was said of days to come."""
    return using.in_force(desk(), region)


@costs(5)
@ruled.answers("/regions/<region>/rule-flags", shapes.FoundAsked, shapes.RuleFlags, freshness.region)
def list_region_rule_flags(region: str, **asked: Any) -> dict[str, Any]:
    """Prices that rules in force besides the default one found, gravest first; the default rule's are the flags.

    A flag is a question to the pharmacy with every number behind it, never an accusation.
    """
    return listing.found(desk(), region, **asked)


@ruling.acts("/rules", shapes.RuleAdded, shapes.RuleName, status=201)
def add_rule(text: str, who: str, why: str) -> dict[str, Any]:
    """Keep a rule, or a new version of one; every version stays, since flags name the one that found them."""
    return shelf.added(desk(), text, by=hand(who, why))


@costs(50)
@ruling.acts("/rules/try", shapes.RuleTried, shapes.RuleTrial)
def try_rule(region: str, rule: str | None = None, text: str | None = None) -> dict[str, Any]:
    """What a rule would flag in a region today, against the flags of the default rule; nothing is changed."""
    return beside(shelf.tried_on, region, rule=rule, text=text)


@costs(50)
@ruling.puts("/regions/<region>/rules/<rule>", shapes.RuleUsed, shapes.RuleUseDone, REGION, NAME)
def use_rule(region: str, rule: str, **asked: Any) -> dict[str, Any]:
    """Put a version of a rule in force in a region from a day on, or (`in_force` false) out of force.

    What holds from today on is found before this answers.
    """
    by = hand(asked.pop("who"), asked.pop("why"))
    return beside(using.use, region, rule, by=by, **asked)
