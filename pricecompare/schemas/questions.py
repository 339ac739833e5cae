"""The shape of every question the API takes: its query parameters, how each is read, and what the API page says."""

from typing import Any

from marshmallow import Schema

from pricecompare.models import CLASSES, DATUMS, GROUPS, KINDS, PRESCRIPTIONS, SERVICES, SORTS
from pricecompare.schemas.asked import YUAN, Money, Number, OneOf, Text, Whole, YesNo, said
from pricecompare.schemas.dated import Day

CURSOR = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{32}$"
"""How a cursor is written; most that look like one were given by nobody, and are refused too."""

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


def datum() -> Text:
    """Return the parameter that names a coordinate system."""
    return Text(
        load_default="gcj02",
        validate=OneOf(DATUMS, code="unknown_datum"),
        metadata=said(
            "Coordinate system of the coordinates given and returned: gcj02 (AMap, Tencent, WeChat), bd09 (Baidu) "
            "or wgs84 (GPS)."
        ),
    )


def kind(**options: Any) -> Text:
    """Return the parameter that names a kind of price."""
    about = "Kind of price: listed (挂牌价), insured (医保结算价) or online (即送价)."
    return Text(validate=OneOf(KINDS), metadata=said(about), **options)


def as_of() -> Day:
    """Return the parameter that names a day of the past."""
    return Day(
        "The end of a day, in China, to be answered for as far as is known now; now unless given. Between two times at "
        "which a price was seen, not too far apart to be fresh, it counts as seen all along.",
        "2026-10-15",
    )


class Question(Schema):
    """A question; a parameter it does not know is refused, so that a slip of the pen is noticed."""


class Paged(Question):
    """A question whose answer has pages."""

    limit = Whole(metadata=said("Rows on a page: 20 unless asked otherwise, at most 200.", 20, minimum=1, maximum=200))
    cursor_given = Text(
        data_key="cursor",
        metadata=said(
            "What the page before gave as `next`. All other parameters must stay as they were.",
            pattern=CURSOR,
        ),
    )


class Place(Question):
    """A question about a place: a point, a region or both."""

    lat = Number(metadata=said("Latitude of a point; give lng with it.", 28.228, minimum=-90, maximum=90))
    lng = Number(metadata=said("Longitude of a point; give lat with it.", 112.939, minimum=-180, maximum=180))
    coord_type = datum()
    radius_km = Number(
        metadata=said(
            "How far around the point, in kilometres: 5 unless a region is given, at most 200.",
            3,
            exclusiveMinimum=0,
            maximum=200,
        )
    )
    region = Text(metadata=said("Six-digit code of a region, alone or with a point.", "990100"))


class Doors(Question):
    """A question about pharmacies that are open, or have a service."""

    open_now = YesNo(load_default=False, metadata=said("Only pharmacies that are known to be open now."))
    service = Text(
        validate=OneOf(SERVICES),
        metadata=said("Only pharmacies with this service: 24h, dual_channel, e_prescription or mobile_payment.", "24h"),
    )


class Regions(Paged):
    """Which regions."""

    parent = Text(metadata=said("Only the regions right under this one.", "990000"))
    pooling = YesNo(metadata=said("Only pooling regions (统筹区), or only the others."))


def query() -> Text:
    """Return the parameter that says what is searched."""
    return Text(
        required=True,
        metadata=said(
            "Part of a name, brand or maker; pinyin or its initials; several words, each in the name, brand, maker, "
            "form or spec; a national code, an approval number or a barcode. At most 64 characters.",
            "阿莫西林 0.25g",
            "amxl",
        ),
    )


class Suggest(Place):
    """What somebody has typed so far; a place says whose sellers count in the ranking."""

    q = query()


class Drugs(Paged, Place):
    """Which drugs; a place says whose sellers count in the ranking."""

    q = query()
    group = Text(
        load_default=GROUPS[0],
        validate=OneOf(GROUPS),
        metadata=said("One item for all packs of a product (product), or for each pack (none)."),
    )
    form = Text(metadata=said("Only this dosage form, as a facet names it.", "胶囊剂"))
    spec = Text(metadata=said("Only this strength, as a facet names it.", "0.25g"))
    maker = Text(metadata=said("Only this maker, as a facet names it.", "槐渚霁和药业有限公司"))
    prescription = Text(
        validate=OneOf(PRESCRIPTIONS), metadata=said("Only prescription drugs (rx), or only those over the counter.")
    )
    insurance_class = Text(metadata=said("Only this class of the insurance catalogue: 甲 or 乙.", "甲"))
    vbp = Text(
        validate=OneOf(("yes", "no")),
        metadata=said("Only winners of a central purchase (集采中选) in the place given, or anywhere; or only others."),
    )


class Plain(Question):
    """A question that its path asks already."""


class Offers(Paged, Place, Doors):
    """Who sells a drug."""

    sort = Text(
        load_default="price",
        validate=OneOf(SORTS),
        metadata=said(
            "Cheapest first, nearest first, or best value first: price plus cost_per_km for each kilometre. "
            "distance and value need a point."
        ),
    )
    kind = kind(load_default="listed")
    in_stock = YesNo(load_default=False, metadata=said("Only where the drug is known to be there."))
    max_age_days = Whole(metadata=said("Only prices seen at most so many days ago.", 7, minimum=0))
    as_of = as_of()
    cost_per_km = Money(
        metadata=said("Yuan that a kilometre is worth in sort=value: 1.00 unless given.", "1.50", pattern=YUAN)
    )


class Statistics(Question):
    """Where, and of which kind of price."""

    region = Text(required=True, metadata=said("Six-digit code of a pooling region or of one of its parts.", "990100"))
    kind = kind(load_default="listed")
    as_of = as_of()


class Pharmacies(Paged, Place, Doors):
    """Which pharmacies."""

    closed = YesNo(load_default=False, metadata=said("Also those that are closed for good."))


class Pharmacy(Question):
    """How to show one pharmacy."""

    coord_type = datum()


class PharmacyOffers(Paged):
    """Which prices of a pharmacy."""

    kind = kind()


class FlagTable(Question):
    """Which abnormal prices."""

    class_ = Text(
        data_key="class",
        validate=OneOf(CLASSES),
        metadata=said("Only overpriced ones (high), or only probable data errors (error_high, error_low)."),
    )
    kind = kind()


class Flags(Paged, FlagTable):
    """Which abnormal prices, page by page."""
