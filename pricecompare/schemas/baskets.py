"""The shape of a basket: the JSON body that asks how to buy it, and the answer."""

from typing import Any

from marshmallow import Schema, fields

from pricecompare.calc.money import cost_fen
from pricecompare.errors import Invalid, Reason
from pricecompare.models import COMPARES
from pricecompare.schemas import shown
from pricecompare.schemas.asked import YUAN, Number, OneOf, Parameter, Text, YesNo, refused, said
from pricecompare.schemas.questions import datum, kind
from pricecompare.schemas.shown import Answer, many, moment, number, one, packs_there, text, truth, whole, yuan

MOST_DRUGS, MOST_PACKS, MOST_STOPS = 30, 999, 3


class _Count(Parameter, fields.Integer):
    """A whole number between two others, written as a number."""

    def __init__(self, low: int, high: int, **options: Any):
        self.low, self.high = low, high
        options["metadata"] = options.get("metadata", {}) | {"minimum": low, "maximum": high}
        super().__init__(**options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> int:
        whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
        if not whole or not self.low <= value <= self.high:
            raise refused(Reason.of("bad_whole", value=str(value), low=self.low, high=self.high))
        return int(value)


class _Number(Number):
    """A number, written as one."""

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(Reason.of("bad_number", value=str(value)))
        return float(value)


class _Flag(YesNo):
    """True or false."""

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise refused(Reason.of("not_yes_or_no", value=str(value)))
        return value


class _Listed(Parameter, fields.List):
    """A list of some length: none is looked into that is too long."""

    refusal = "not_a_list"

    def __init__(self, inner: fields.Field, most: int, **options: Any):
        self.most = most
        options["metadata"] = options.get("metadata", {}) | {"minItems": 1, "maxItems": most}
        super().__init__(inner, **options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and not 1 <= len(value) <= self.most:
            raise refused(Reason.of("bad_basket_size", value=len(value), limit=self.most))
        return super()._deserialize(value, *place, **options)


class _Cost(Parameter, fields.String):
    """What something is worth in yuan, as a text or a number; it may be nothing."""

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> str:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise refused(Reason.of("bad_price", value=str(value)))
        try:
            cost_fen(value)
        except Invalid as error:
            raise refused(error.reason) from None
        return str(value)


class Wanted(Schema):
    """A drug and how many packs of it."""

    class Meta:
        """Options of marshmallow."""

        description = "A drug and how many packs of it."

    code = Text(required=True, metadata=said("National drug code.", "XJ01CAA501A001010190008"))
    quantity = _Count(1, MOST_PACKS, load_default=1, metadata=said("How many packs.", 2))


class Basket(Schema):
    """Drugs with quantities, where, and how they may be bought."""

    class Meta:
        """Options of marshmallow."""

        description = "Drugs with quantities, where, and how they may be bought."

    drugs = _Listed(
        fields.Nested(Wanted),
        MOST_DRUGS,
        required=True,
        metadata=said(
            "What is wanted; the same drug twice is summed up.", [{"code": "XJ01CAA501A001010190008", "quantity": 2}]
        ),
    )
    lat = _Number(metadata=said("Latitude of a point; give lng with it.", 28.228, minimum=-90, maximum=90))
    lng = _Number(metadata=said("Longitude of a point; give lat with it.", 112.939, minimum=-180, maximum=180))
    coord_type = datum()
    radius_km = _Number(
        metadata=said("How far around the point: 5 unless a region is given.", 5, exclusiveMinimum=0, maximum=200)
    )
    region = Text(metadata=said("Six-digit code of a region, alone or with a point."))
    allow = Text(
        load_default="sku",
        validate=OneOf(COMPARES),
        metadata=said(
            "What may be bought instead: nothing (sku), another pack of the same maker, form and specification "
            "(product), or of any maker (generic). Whole packs are bought, at least as many units as were asked for."
        ),
    )
    kind = kind(load_default="listed")
    in_stock = _Flag(
        load_default=False,
        metadata=said("Only where a drug is known to be there. Where it is known to be gone it is never bought."),
    )
    max_age_days = _Count(0, 100_000, metadata=said("Only prices seen at most so many days ago."))
    max_stops = _Count(1, MOST_STOPS, load_default=2, metadata=said("At how many pharmacies to stop at most.", 3))
    cost_per_km = _Cost(
        metadata=said(
            "Yuan that a kilometre of way is worth: 1.00 unless given, 0 for nothing, at most 1000. Needs a point.",
            "1.50",
            type=["string", "number"],
            minimum=0,
            maximum=1000,
            pattern=YUAN,
        )
    )


class BasketDrug(shown.DrugName):
    """A drug and its pack."""

    pack_count = whole("Units in the pack.", 24, null=True)
    unit = text("Unit.", "粒")


class Item(Answer):
    """A line of the basket, each drug once."""

    drug = one(BasketDrug)
    quantity = whole("Packs wanted.", 2)


class Bought(Answer):
    """What is bought for one line at one pharmacy."""

    drug = one(BasketDrug)
    wanted = text(
        "Code of the drug that was asked for; another than the drug's when it is a substitute.",
        "XJ01CAA501A001010190008",
    )
    quantity = whole("Packs to buy.", 2)
    price = yuan("What a pack costs.", "10.00")
    fen = whole("The same in fen.", 1000)
    total = yuan("What all packs cost.", "20.00")
    total_fen = whole("The same in fen.", 2000)
    observed_at = moment("When the price was seen.")
    age_days = whole("How many days ago that was.", 1)
    stale = truth("Whether the price is old: used only where nobody in the place has a better one.")
    stock = text("Whether the drug is there: in or unknown.", "in")
    stock_packs = packs_there()
    flag = text("What the abnormal-price rule says, as in offers.", "high", null=True)
    sound = truth("Whether the price is neither old nor probably wrong nor held.")


class Place(Answer):
    """A pharmacy and how far it is."""

    pharmacy = one(shown.LocatedPharmacy)
    distance_m = number("Metres from the point, as the crow flies; null without a point.", 512.417, null=True)


class Stop(Place):
    """A pharmacy with what is bought there."""

    total = yuan("What is paid here.", "57.50")
    fen = whole("The same in fen.", 5750)
    lines = many(Bought, "What is bought here.")


class Elsewhere(Place):
    """A pharmacy that has what is lacking."""

    line = one(Bought)


class Lacking(Item):
    """A line that the plan lacks, and who has it: in the place, or else within searched_km, or else in the province."""

    nearest = one(Elsewhere, null=True)
    cheapest = one(Elsewhere, null=True)


class Plan(Answer):
    """Where to buy what. The way leads from the point over the stops and back, as the crow flies, in shortest order."""

    max_stops = whole("Best of all plans with at most so many stops.", 2)
    complete = truth("Whether it has everything.")
    total = yuan("What the drugs cost.", "123.40")
    fen = whole("The same in fen.", 12340)
    way_m = number("Metres of the whole way; null without a point.", 3210.5, null=True)
    way_cost = yuan("What the way is worth at cost_per_km; null without a point.", "3.21", null=True)
    cost = yuan("Drugs and way together: the least of all plans that lack as few drugs.", "126.61")
    cost_fen = whole("The same in fen.", 12661)
    oldest_days = whole("Age of the oldest price in it.", 6, null=True)
    unsound = whole("How many of its prices are old or probably wrong.", 0)
    stops = many(Stop, "Pharmacies in the order of the way.")
    missing = many(Lacking, "What it lacks.")


class Quote(shown.Kind, shown.Dated):
    """How a basket is best bought: `single` at one pharmacy, `nearest` at the nearest that has all, `plans` with more.

    Of two plans the one is better that lacks fewer drugs; then that costs less, way and drugs together, what it lacks
    counted at its lowest price in the place; then that has fewer stops, the shorter way, the lower pharmacy ids."""

    allow = text("What may be bought instead.", one_of=COMPARES)
    max_stops = whole("At how many pharmacies to stop at most.", 2)
    cost_per_km = yuan("What a kilometre of way is worth; null without a point.", "1.00", null=True)
    max_age_days = whole("From how many days on a price is stale.", 30)
    pharmacies = whole("How many pharmacies in the place sell any of it.", 96)
    searched_km = number("How far who has the rest was looked for; null where that was not needed.", 50, null=True)
    items = many(Item, "What was asked for.")
    single = one(Plan, null=True)
    nearest = one(Plan, null=True)
    plans = many(Plan, "The best plan with up to 2 stops, then with up to 3, as far as max_stops goes.")
