"""The shape of a weekly table of opening hours."""

from marshmallow import fields

from pricecompare.schemas.asked import said
from pricecompare.schemas.shown import Answer, many, text


class DayOpen(Answer):
    """When a pharmacy is open on one day of the week."""

    day = text("Mo … Su, or PH for public holidays.", "Mo")
    open = fields.List(
        fields.String(),
        allow_none=True,
        metadata=said(
            "From when until when; none when closed. Null for holidays that are like other days.", ["08:30-21:00"]
        ),
    )


class Week(Answer):
    """Opening hours as a table."""

    days = many(DayOpen, "Each day of the week, and public holidays.")
    exceptions = fields.List(fields.String(), metadata=said("What holds on certain dates.", ["Dec 31 08:00-18:00"]))
