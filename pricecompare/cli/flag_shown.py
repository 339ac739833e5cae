"""One flag as people read it at the command line."""

from typing import Any

from pricecompare.cli.tables import said, table

STEP = ("revision", "at", "action", "after", "role", "who", "price", "why")


def shown(answer: dict[str, Any]) -> None:
    """Print where a flag stands, who may do what, and all that was done about it."""
    said(f"flag {answer['id']}: {answer['state']}, revision {answer['revision']}")
    if answer["due_on"]:
        said(f"the next step is due by {answer['due_on']}{' (overdue)' if answer['overdue'] else ''}")
    flag = answer["flag"]
    said(f"{flag['text_en']}\n{flag['text_zh']}" if flag else "The price is not flagged now.")
    reasons(answer)
    for role, steps in answer["open_to"].items():
        if steps:
            said(f"{role} may: {', '.join(steps)}")
    if answer["steps"]:
        table(STEP, ([one[name] for name in STEP] for one in answer["steps"]), numbers=("revision", "price"))
    for one in answer["attachments"]:
        said(f"attachment {one['number']}: {one['name']} ({one['media']}, {one['bytes']} bytes, {one['who']})")


def reasons(answer: dict[str, Any]) -> None:
    """Print what rules besides the default one say of a price."""
    for one in answer["reasons"]:
        secret = ", confidential" if one["confidential"] else ""
        label = f"{one['rule']['id']}@{one['rule']['version']}"
        said(f"rule {label} ({one['tier']}{secret}): {one['text_en']}\n{one['text_zh']}")


def moved(answer: dict[str, Any]) -> None:
    """Print where a flag stands after a step, and after a reminder the code for the pharmacy."""
    due = f", due by {answer['due_on']}" if answer["due_on"] else ""
    said(f"flag {answer['id']} is {answer['state']}, revision {answer['revision']}{due}")
    if answer["answer_code"]:
        said(f"answer code of the pharmacy, for it alone: {answer['answer_code']}")


def row(one: dict[str, Any]) -> dict[str, Any]:
    """Return a case as a row of a table."""
    names = {"pharmacy": one["pharmacy"]["name"], "drug": one["drug"]["name"]}
    return one | names | {name: name if one[name] else "" for name in ("standing", "overdue")}
