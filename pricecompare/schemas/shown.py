"""How answers are described: the pieces that several of them share. Nothing is dumped through these at run time."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from pricecompare.models import DATUMS, KINDS, SERVICES, STOCKS
from pricecompare.schemas.asked import OneOf, said


def text(description: str, *examples: Any, null: bool = False, one_of: tuple[str, ...] = ()) -> fields.String:
    """Return a text."""
    choices = [OneOf(one_of)] if one_of else []
    return fields.String(allow_none=null, validate=choices, metadata=said(description, *examples))


def whole(description: str, *examples: Any, null: bool = False) -> fields.Integer:
    """Return a whole number."""
    return fields.Integer(allow_none=null, metadata=said(description, *examples))


def packs_there() -> fields.Integer:
    """Return how many packs of a drug are there."""
    told = "How many packs were there when that was said; 125 stands for as many or more, null where nobody counted."
    return whole(told, 12, null=True)


def number(description: str, *examples: Any, null: bool = False) -> fields.Float:
    """Return a number with decimals."""
    return fields.Float(allow_none=null, metadata=said(description, *examples))


def truth(description: str) -> fields.Boolean:
    """Return a truth value."""
    return fields.Boolean(metadata=said(description))


def yuan(description: str, *examples: Any, null: bool = False) -> fields.String:
    """Return an amount in yuan: text with two decimals, so that no program rounds it."""
    return fields.String(allow_none=null, metadata=said(f"{description} Yuan, two decimals.", *examples))


def moment(description: str) -> fields.String:
    """Return an instant."""
    return fields.String(metadata=said(description, "2026-10-31T08:05:00+08:00", format="date-time"))


def one(schema: "type[Answer]", *, null: bool = False) -> fields.Nested:
    """Return one piece."""
    return fields.Nested(schema, allow_none=null)


def many(schema: "type[Answer]", description: str) -> fields.List:
    """Return a list of pieces."""
    return fields.List(fields.Nested(schema), metadata=said(description))


class Answer(Schema):
    """An answer or a piece of one: every value is always there, perhaps as null."""

    def __init_subclass__(cls, **options: Any):
        """Publish the docstring; more values may come in later versions."""
        cls.Meta = type("Meta", (), {"unknown": EXCLUDE, "description": cls.__doc__})  # type: ignore[misc, assignment]
        super().__init_subclass__(**options)

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """Say that every value is there."""
        field_obj.required = field_obj.metadata.get("always", True)


class PlaceName(Answer):
    """Code and name of a region."""

    code = text("Six digits.", "990100")
    name = text("Name.", "云泽市")


class Region(PlaceName):
    """An administrative or insurance region."""

    level = text("Level.", one_of=("province", "city", "county"))
    parent = text("Code of the region above; null at the top.", "990000", null=True)
    pooling = truth("Whether it is a pooling region (统筹区): the unit of comparison.")


class DrugName(Answer):
    """The names of one pack of a drug."""

    code = text("National drug code (国家医保药品编码).", "XJ01CAA501A001010190008")
    id = whole("Short number of the drug; it never changes.", 1)
    name = text("Generic name as registered (通用名).", "阿莫西林胶囊")
    spec = text("Strength (规格).", "0.25g")
    maker = text("Maker (生产企业).", "槐渚霁和药业有限公司")


class FlaggedDrug(DrugName):
    """A drug as flags name it."""

    form = text("Dosage form (剂型).", "胶囊剂")


class Drug(FlaggedDrug):
    """One pack of one product; empty texts are not known."""

    brand = text("Brand (商品名).", "霁和")
    pack_count = whole("Units in the pack.", 24, null=True)
    unit = text("Unit (最小制剂单位).", "粒")
    pack_unit = text("Pack (最小包装单位).", "盒")
    approval_no = text("Approval number (批准文号).", "国药准字H99000001")
    standard_code = text("Drug standard code (药品本位码).", "86990008000013")
    barcode = text("Barcode (商品条码).", "6990000000015")
    insurance_class = text("甲, 乙 or empty.", "甲")
    prescription = text("Prescription only (rx), over the counter (otc) or empty.", "rx")
    product = text("Key that all packs of the same product of any maker share.", null=True)


class PharmacyName(Answer):
    """Code and name of a pharmacy."""

    code = text("Code of the designated pharmacy (定点零售药店代码).", "P99010200001")
    id = whole("Short number of the pharmacy, for map markers; it never changes.", 1)
    name = text("Name.", "云泽市蘅和大药房望月街第1分店")


class FlaggedPharmacy(PharmacyName):
    """A pharmacy as flags name it."""

    district = one(PlaceName)


class Closure(Answer):
    """A time in which a pharmacy is closed, whatever its hours say."""

    from_ = fields.String(data_key="from", attribute="from", metadata=said("First day.", "2026-11-01"))
    until = text("Last day; null until further notice.", "2026-11-07", null=True)
    reason = text("Why, as it was told.", "装修")


class Opening(Answer):
    """How the door of a pharmacy stands, in China's time."""

    open_now = fields.Boolean(allow_none=True, metadata=said("Whether it is open; null when its hours are not known."))
    opens_at = fields.String(
        allow_none=True, metadata=said("When it opens next, if it is closed.", "2026-11-02T08:30:00+08:00")
    )
    closes_at = fields.String(
        allow_none=True, metadata=said("When it closes next, if it is open.", "2026-11-01T21:00:00+08:00")
    )


class LocatedPharmacy(FlaggedPharmacy):
    """A pharmacy and its place; empty texts are not known."""

    chain = text("Chain (连锁企业).", "蘅和大药房")
    address = text("Address.", "云泽市望月街 12 号")
    phone = text("Telephone.", "0990-5550123")
    region = one(PlaceName)
    lat = number("Latitude in coord_type; null when not known.", 28.229529, null=True)
    lng = number("Longitude in coord_type; null when not known.", 112.936003, null=True)
    coord_type = text("Coordinate system of lat and lng.", one_of=DATUMS)
    hours = text("Opening hours in OpenStreetMap's syntax; empty when not known.", "Mo-Fr 08:30-21:00; PH off")
    services = fields.List(
        fields.String(validate=OneOf(SERVICES)),
        metadata=said("24h, dual_channel (双通道), e_prescription (电子处方), mobile_payment (移动支付), where known."),
    )
    closed_on = text("Since when it is closed for good; null while it is not.", "2026-10-01", null=True)
    closure = one(Closure, null=True)


class Ask(Answer):
    """What a pharmacy asks for a drug, and how old that is."""

    price = yuan("What a pack costs.", "10.00")
    fen = whole("What a pack costs, in fen.", 1000)
    observed_at = moment("When the price was seen.")
    age_days = whole("How many days ago that was.", 1)
    stale = truth("Whether the price is too old to count in averages.")
    stock = text("Whether the drug is there.", one_of=STOCKS)
    stock_packs = packs_there()


class Local(Answer):
    """How a price stands to the other prices of its pooling region."""

    region = text("Code of the pooling region.", "990100")
    n = whole("How many prices the median is made of.", 96)
    median = yuan("The middle price.", "10.80")
    ratio = number("Price ÷ median.", 0.9259)
    percent = number("How much dearer than the median, in per cent; cheaper is below zero.", -7.4)


class Method(Answer):
    """How an index was computed."""

    id = text("Name of the method.", "headline")
    version = whole("Version of the method.", 1)
    formula = text("The formula.", "100 × Σ w r")
    note_en = text("What to know before comparing, in English.", "Only drugs that others sell too are compared.")
    note_zh = text("What to know before comparing, in Chinese.", "只比较其他药店也销售的药品。")


class Kind(Answer):
    """A kind of price."""

    kind = text("Kind of price.", one_of=KINDS)


class Dated(Answer):
    """What an answer rests on."""

    today = text("The day in China that ages are counted to.", "2026-11-01")
    data_version = whole("Counted up whenever something in the database changes.", 5)
