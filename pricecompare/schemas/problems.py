"""The shape of a refusal (RFC 9457) and of the server's health."""

from marshmallow import fields

from pricecompare.schemas.asked import said
from pricecompare.schemas.shown import Answer, moment, one, text, whole


def meant() -> fields.List:
    """Return what may have been meant, where something is near."""
    return fields.List(fields.String(), metadata=said("What may have been meant.", ["lat"], always=False))


class Wrong(Answer):
    """One thing that is wrong with a question."""

    field = text("The parameter.", "lat")
    code = text("Stable code.", "bad_number")
    detail = text("What is wrong, in the language of Content-Language.", "'north' is not a number.")
    detail_zh = text("What is wrong, in Chinese.", "'north' 不是数字。")
    suggestions = meant()


class Problem(Answer):
    """Why there is no answer (RFC 9457). Programs rely on `code`, people read `detail` or `detail_zh`."""

    type = text("about:blank: the status says what kind of problem it is.", "about:blank")
    title = text("The status in words, in the language of Content-Language.", "Unprocessable Entity")
    status = whole("The HTTP status.", 422)
    code = text("Stable code; never renamed.", "bad_latitude")
    detail = text("What is wrong, in the language of Content-Language.", "95.0 is not a latitude: -90 to 90 degrees.")
    detail_zh = text("What is wrong, in Chinese.", "95.0 不是有效纬度：应在 -90 至 90 度之间。")
    request_id = text("The id of the request, as the header X-Request-Id has it.", "6f1d0c2e9b7a4f53a1c8e0d2b4f69713")
    field = fields.String(metadata=said("The parameter it is about, when it is about one.", "lat", always=False))
    suggestions = meant()
    errors = fields.List(
        fields.Nested(Wrong), metadata=said("Each thing that is wrong, when there are several.", always=False)
    )
    upload = fields.Integer(
        metadata=said("Number of the upload that was refused, which the ledger keeps.", always=False)
    )


class Envelope(Answer):
    """What X-Envelope: 1 puts around an answer; the status is 200 then, whatever became of the request."""

    code = text("ok, or the stable code of a refusal.", "ok")
    message = text("Why it is refused, in the language that was asked for; empty for ok.", "")
    data = fields.Raw(metadata=said("The answer; of a refusal the problem, whose status says what the status was."))
    request_id = text("The id of the request, as the header X-Request-Id has it.", "6f1d0c2e9b7a4f53a1c8e0d2b4f69713")


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
