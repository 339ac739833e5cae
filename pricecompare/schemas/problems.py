"""The shape of a refusal (RFC 9457) and of the server's health."""

from marshmallow import fields

from pricecompare.schemas.asked import said
from pricecompare.schemas.shown import Answer, moment, one, text, whole


class Wrong(Answer):
    """One thing that is wrong with a question."""

    field = text("The parameter.", "lat")
    code = text("Stable code.", "bad_number")
    detail = text("What is wrong, in English.")
    detail_zh = text("What is wrong, in Chinese.")
    suggestions = fields.List(fields.String(), metadata=said("What may have been meant.", always=False))


class Problem(Answer):
    """Why there is no answer (RFC 9457). Programs rely on `code`, people read `detail` or `detail_zh`."""

    type = text("about:blank: the status says what kind of problem it is.", "about:blank")
    title = text("The status in words.", "Unprocessable Entity")
    status = whole("The HTTP status.", 422)
    code = text("Stable code; never renamed.", "bad_latitude")
    detail = text("What is wrong, in English.", "95.0 is not a latitude: -90 to 90 degrees.")
    detail_zh = text("What is wrong, in Chinese.", "95.0 不是有效纬度：应在 -90 至 90 度之间。")
    field = fields.String(metadata=said("The parameter it is about, when it is about one.", "lat", always=False))
    suggestions = fields.List(fields.String(), metadata=said("What may have been meant.", always=False))
    errors = fields.List(
        fields.Nested(Wrong), metadata=said("Each thing that is wrong, when there are several.", always=False)
    )


class LastUpload(Answer):
    """The newest file that was taken."""

    id = whole("Its number.", 5)
    what = text("What it held: regions, drugs, pharmacies, prices or sales.", "prices")
    taken_at = moment("When it was taken.")
    age_seconds = whole("How many seconds ago that was.", 3600)


class Counts(Answer):
    """How much there is."""

    regions = whole("Regions.", 13)
    drugs = whole("Drugs.", 201)
    pharmacies = whole("Pharmacies.", 120)
    markets = whole("Markets: drugs sold in a pooling region, by kind of price.", 400)


class Ready(Answer):
    """Whether questions can be answered now."""

    status = text("ready.", "ready")
    schema_version = whole("Version of the database.", 3)
    data_version = whole("Counted up whenever something in the database changes.", 5)
    data_age_seconds = whole("How many seconds ago the newest file was taken; null when none was.", 3600, null=True)


class Health(Answer):
    """Whether the server works, and how old its data are."""

    status = text("ok.", "ok")
    version = text("Version of the program.", "0.1.0")
    data_version = whole("Counted up whenever something in the database changes.", 5, null=True)
    last_upload = one(LastUpload, null=True)
    counts = one(Counts, null=True)
