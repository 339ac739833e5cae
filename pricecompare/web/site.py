"""The server itself."""

from typing import Any

from pricecompare.schemas import problems
from pricecompare.services.health import health
from pricecompare.web.answering import desk
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun

site = Noun("site", description="The server itself")


@costs(0)
@site.tells("/healthz", problems.Health)
def show_health() -> dict[str, Any]:
    """Whether the server works, and how old its data are; 503 when the database cannot be read."""
    return health(desk())
