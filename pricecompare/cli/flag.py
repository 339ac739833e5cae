"""Commands about one flag and many: show, explain, step, attach, batch, undo, list, answer-code."""

from pathlib import Path
from typing import Any

import click

from pricecompare.calc.cases import COMMENT, PEOPLE, STATES, STEPS
from pricecompare.calc.money import yuan
from pricecompare.cli.flag_shown import moved, reasons, row, shown
from pricecompare.cli.hands import hand
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models import CLASSES, KINDS
from pricecompare.schemas.cases import GRADES, LANGUAGES, REGULATORS
from pricecompare.services.cases import Asked, answering, attaching, batch, explained, listed, step, told, undo
from pricecompare.services.cases.notices import notice
from pricecompare.services.opening import opened

ID = click.argument("flag_id", metavar="ID")
WHO = click.option("--who", "--by", "who", required=True, help="Who does it.")
WHY = click.option("--why", default="", help="Why; some steps must say it.")
ROLE = click.option(
    "--role",
    type=click.Choice(PEOPLE),
    default=PEOPLE[0],
    show_default=True,
    help="In whose name: pharmacy for an answer that came on paper.",
)
TAKEN = sorted(name for name, one in STEPS.items() if one.role in PEOPLE)
LISTED = ("id", "state", "standing", "due_on", "overdue", "price", "pharmacy", "drug")


@click.group("flag")
def flag() -> None:
    """Follow an abnormal price: why it is flagged, what was done about it, and the next step."""


@flag.command("show")
@ID
@wants_json
@click.pass_obj
def show_command(settings: dict[str, Any], flag_id: str, json: bool) -> None:
    """Show where a flag stands, who may do what, and all that was done about it."""
    (as_json if json else shown)(told(opened(settings), flag_id, secret=True))


@flag.command("explain")
@ID
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture to this file.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="Language of the picture.")
@click.option("--now", is_flag=True, help="As it is now, even when it was taken up before.")
@wants_json
@click.pass_obj
def explain_command(settings: dict[str, Any], flag_id: str, svg: Path | None, lang: str, now: bool, json: bool) -> None:
    """Show why a price is flagged, with every price it was compared with."""
    answer = explained(opened(settings), flag_id, lang=lang, now=now, secret=True)
    if svg is not None:
        svg.write_text(answer["svg"], encoding="utf-8")
    if json:
        return as_json(answer)
    found, prices = answer["flag"], answer["compared_with"]
    said(f"{found['text_en']}\n{found['text_zh']}")
    said(f"price {found['price']}  median {found['ref_median'] or '–'}  mean {found['ref_mean'] or '–'}")
    said(f"compared with {prices['n']} prices: {' '.join(map(yuan, prices['fen']))}")
    reasons(answer)
    if answer["frozen"]:
        said(f"as it was when it was taken up; SHA-256 of these prices {answer['prices_sha256']}")
    if svg is not None:
        said(f"Picture written to {svg}")


@flag.command("step")
@ID
@click.argument("action", type=click.Choice([*TAKEN, COMMENT]))
@WHO
@WHY
@ROLE
@click.option("--revision", type=int, help="The revision that was looked at; refused when it has moved since.")
@wants_json
@click.pass_obj
def step_command(
    settings: dict[str, Any], flag_id: str, action: str, who: str, why: str, role: str, revision: int | None, json: bool
) -> None:
    """Take a step with a flag, or comment on it."""
    desk = opened(settings)
    step(desk, flag_id, Asked(action, role, hand(who, why), revision))
    code = answering.answer_code_of(desk, flag_id) if action == "remind" else None
    (as_json if json else moved)(told(desk, flag_id, secret=True) | {"answer_code": code})


@flag.command("attach")
@ID
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WHO
@WHY
@ROLE
@click.pass_obj
def attach_command(settings: dict[str, Any], flag_id: str, file: Path, who: str, why: str, role: str) -> None:
    """Put a FILE to a flag: PNG, JPEG or PDF by its content."""
    by = hand(who, why)
    this = attaching.attach(opened(settings), flag_id, file.read_bytes(), file_name=file.name, role=role, by=by)
    said(f"attachment {this.number}: {this.name} ({this.media}, {this.bytes} bytes)")


@flag.command("attachment")
@ID
@click.argument("number", type=click.IntRange(1))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A file to write.")
@click.pass_obj
def attachment_command(settings: dict[str, Any], flag_id: str, number: int, output: Path) -> None:
    """Write attachment NUMBER of a flag to a file."""
    this, content = attaching.attached(opened(settings), flag_id, number)
    output.write_bytes(content)
    said(f"{this.name} ({this.media}) written to {output}")


@flag.command("notice")
@ID
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A PDF to write.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="Language of the notice.")
@WHO
@WHY
@click.pass_obj
def notice_command(settings: dict[str, Any], flag_id: str, output: Path, lang: str, who: str, why: str) -> None:
    """Write the notice to the pharmacy of a flag that it was reminded of: why, how to answer, and by when."""
    _, content = notice(opened(settings), flag_id, lang=lang, by=hand(who, why))
    output.write_bytes(content)
    said(f"notice of flag {flag_id} written to {output} ({len(content)} bytes)")


@flag.command("batch")
@click.argument("region")
@click.argument("action", type=click.Choice(REGULATORS))
@WHO
@WHY
@click.option("--class", "class_", type=click.Choice(CLASSES), help="Only flags of one class.")
@click.option("--kind", type=click.Choice(KINDS), help="Only one kind of price.")
@click.option("--grade", type=click.Choice(GRADES), help="Only flags of one grade.")
@click.option("--rule", help="Only prices that this rule in force found.")
@click.option("--tier", help="Only this tier of that rule.")
@click.option("--state", type=click.Choice(STATES), help="Only those whose case is in this state.")
@click.option("--min-ratio", help="Only prices of at least so many times the median, or the rule's reference.")
@click.option("--strong/--weak", default=None, help="Only flags with strong evidence, or only the others.")
@click.option("--drug", help="Only flags of one drug (national code).")
@click.option("--pharmacy", help="Only flags of one pharmacy (code).")
@click.option("--district", help="Only flags of one district, six digits.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would be done.")
@wants_json
@click.pass_obj
def batch_command(
    settings: dict[str, Any], region: str, action: str, who: str, why: str, json: bool, **narrow: Any
) -> None:
    """Take one step with every flag of REGION that the filters leave."""
    answer = batch(opened(settings), region, Asked(action, PEOPLE[0], hand(who, why)), **narrow)
    if json:
        return as_json(answer)
    number = f" (batch {answer['batch']})" if answer["batch"] else ""
    said(f"{action}: {answer['done']} flags {'would be ' if answer['dry_run'] else ''}done{number}")
    for code, count in answer["left"].items():
        said(f"left as they are: {count} ({code})")


@flag.command("undo")
@click.argument("number", metavar="BATCH", type=click.IntRange(1, 2**53))
@WHO
@click.option("--why", required=True, help="Why.")
@wants_json
@click.pass_obj
def undo_command(settings: dict[str, Any], number: int, who: str, why: str, json: bool) -> None:
    """Take a BATCH back wherever nothing has been done since."""
    answer = undo(opened(settings), number, by=hand(who, why))
    if json:
        return as_json(answer)
    said(f"batch {number}: {answer['undone']} taken back, {answer['moved_since']} moved since and stay")


@flag.command("list")
@click.argument("region")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--overdue", "late", is_flag=True, help="Only those whose next step is overdue.")
@LIMIT
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], region: str, json: bool, **asked: Any) -> None:
    """List the flags of REGION that were taken up."""
    answer = listed(opened(settings), region, **asked)
    if json:
        return as_json(answer)
    table(LISTED, ([row(one)[name] for name in LISTED] for one in answer["items"]), numbers=["price"])
    if answer["next"]:
        said("There are more; --limit shows them.")


@flag.command("answer-code")
@click.argument("pharmacy")
@click.pass_obj
def answer_code_command(settings: dict[str, Any], pharmacy: str) -> None:
    """Show the code with which PHARMACY sees and answers its flags over HTTP; hand it to nobody else."""
    said(answering.answer_code(opened(settings), pharmacy))
