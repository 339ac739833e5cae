"""The shape of runs of the index: what is asked about them, and how they are answered."""

from marshmallow import fields

from pricecompare.calc.index import METHOD_ID
from pricecompare.models import COMPARES
from pricecompare.models.indexing import RUN_STATES
from pricecompare.schemas import shown
from pricecompare.schemas.answers import Counted, Versioned
from pricecompare.schemas.asked import OneOf, Pattern, Text, said
from pricecompare.schemas.cases import why
from pricecompare.schemas.indexing import PERIOD, compare, method, reference
from pricecompare.schemas.indexing_shown import STATUSES, About, MethodName, Months, PharmacyIndex
from pricecompare.schemas.lines import line
from pricecompare.schemas.lists import between
from pricecompare.schemas.questions import Paged, Question
from pricecompare.schemas.shown import Answer, many, moment, number, one, text, truth, whole

MOST_RUNS = (1 << 53) - 1
"""The largest number that JSON and JavaScript keep exactly."""


class Runs(Paged):
    """Which runs."""

    region = Text(metadata=said("Only runs of this pooling region, six digits.", "990100"))
    period = Text(validate=Pattern(PERIOD, code="bad_period"), metadata=said("Only runs of this period.", "2026-10"))


class RegionRuns(Paged):
    """Which runs of a region."""

    period = Text(validate=Pattern(PERIOD, code="bad_period"), metadata=said("Only runs of this period.", "2026-10"))
    state = Text(validate=OneOf(RUN_STATES), metadata=said("Only runs in this state.", "draft"))


class RunPage(Paged):
    """Which page of what a run says."""


class RunAsked(Question):
    """Which index is to be computed for publication."""

    class Meta:
        """Options of marshmallow."""

        description = "Which index is to be computed for publication."

    period = Text(
        required=True,
        validate=Pattern(PERIOD, code="bad_period"),
        metadata=said("The period, which must be over.", "2026-10"),
    )
    compare = compare()
    method = method(load_default=METHOD_ID)
    reference = reference()
    corrects = between(1, MOST_RUNS, "The run in force, whose place it takes; none where there is none.")
    who = line("Who publishes it.", "wang")
    why = why("Why.", "月度公布")


class RunDecision(Question):
    """Whether a draft is confirmed or dropped."""

    class Meta:
        """Options of marshmallow."""

        description = "Whether a draft is confirmed or dropped."

    action = Text(required=True, validate=OneOf(("confirm", "drop")), metadata=said("confirm or drop.", "confirm"))
    who = line("Who decides.", "wang")
    why = why("Why.")


class PublicRun(Answer):
    """A run: an index of a region and period as it was published; it never changes."""

    id = whole("Its number.", 7)
    region = one(shown.PlaceName)
    period = text("The period.", "2026-10")
    months = one(Months)
    compare = text("What is compared.", one_of=COMPARES)
    method = one(MethodName)
    state = text("draft, confirmed or dropped.", one_of=RUN_STATES)
    corrects = whole("The run whose place it took.", null=True)
    corrected_by = whole("The run that took its place.", null=True)
    run_data_version = whole("The data version that it was made of.", 5)
    made_at = moment("When it was computed.")
    decided_at = fields.String(allow_none=True, metadata=said("When it was confirmed or dropped.", format="date-time"))
    limits = fields.Dict(metadata=said("The limits it was computed and shown by."))
    pharmacies = whole("Pharmacies with sales.", 120)
    drugs = whole("Drugs that were sold.", 180)
    published = whole("Indices that are published.", 110)
    indicative = whole("Indices that rest on little.", 6)
    suppressed = whole("Indices that rest on too little.", 4)
    ranked = whole("Pharmacies that are ranked.", 96)
    components = whole("Groups of pharmacies without a drug in common.", 1)
    beside = fields.Dict(metadata=said("Versions of the methods whose numbers stand beside the index, by id."))
    appeals = fields.List(fields.Integer(), metadata=said("Accepted appeals that it rests on."))
    inputs_sha256 = text("Hash of all that it was computed from.")
    values_sha256 = text("Hash of all that it says.")


class OneRun(Versioned, PublicRun):
    """A run as everybody may see it."""


class PublicRuns(Versioned):
    """Confirmed runs, newest first."""

    items = many(PublicRun, "Runs.")
    next = text("Cursor of the next page; null on the last.", null=True)


class RunValues(Counted, About):
    """What a run says of every pharmacy, dearest first."""

    region = one(shown.PlaceName)
    items = many(PharmacyIndex, "The pharmacies of this page.")


class Run(PublicRun):
    """A run as the regulator sees it."""

    rows = whole("Rows of sales it was computed from.", 3800)
    made_by = text("Who had it computed.", "wang")
    why = text("Why, as far as that was said.")
    decided_by = text("Who confirmed or dropped it.", "wang")


class RunList(Versioned):
    """Runs of a region, newest first."""

    items = many(Run, "Runs.")
    next = text("Cursor of the next page; null on the last.", null=True)


class IndexChange(Answer):
    """How the index of a pharmacy changed."""

    pharmacy = one(shown.PharmacyName)
    before = number("The index before.", 101.2)
    index = number("The index now.", 104.8)
    change = number("By how many points it changed.", 3.6)
    status_before = text("How it was shown.", one_of=STATUSES)
    status = text("How it is shown.", one_of=STATUSES)
    rank_before = whole("Its rank before.", null=True)
    rank = whole("Its rank now.", null=True)


class Preview(Run):
    """A run with who changes most by it."""

    compared_with = whole("The run it is compared with: the one it corrects, or that of the period before.", null=True)
    new = whole("Pharmacies that were not in that one.", 2)
    gone = whole("Pharmacies that are not in this one.", 1)
    changes = many(IndexChange, "Those that change most, twenty at most.")


class Verified(Answer):
    """Whether a run still says what its inputs give."""

    run = whole("Its number.", 7)
    state = text("Its state.", one_of=RUN_STATES)
    verified = truth("Whether all of what follows holds.")
    inputs = truth("What is kept of its inputs has the hash of the run.")
    values = truth("What is kept of its values has the hash of the run.")
    recomputed = truth("Computed again from its inputs, every value comes out, to twelve digits.")
    differing = fields.List(fields.Integer(), metadata=said("Pharmacies whose values do not, twenty at most."))
    sealed = fields.Boolean(
        allow_none=True, metadata=said("Whether the audit trail has the same hashes; null for what was not confirmed.")
    )
    as_sales_stand = truth("Whether sales, as they stand now, are still those inputs.")
    pharmacies = whole("Pharmacies of the run.", 120)
    inputs_sha256 = text("Hash of its inputs.")
