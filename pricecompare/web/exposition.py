"""Measures as Prometheus reads them (text format 0.0.4): every name that is ever told stands in `MEASURES`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pricecompare.services.measures import Sample
from pricecompare.web.metrics import BOUNDS, Counters

MEDIA = "text/plain; version=0.0.4; charset=utf-8"

MEASURES = {
    "pricecompare_build_info": ("gauge", "Version of the program and of the schema it needs; always 1."),
    "pricecompare_ready": ("gauge", "1 when questions can be answered, 0 otherwise: /readyz says why."),
    "pricecompare_http_requests_total": ("counter", "Answers by route and status."),
    "pricecompare_http_request_seconds": ("histogram", "Seconds until an answer began, by route."),
    "pricecompare_workers": ("gauge", "Processes that answer."),
    "pricecompare_worker_starts_total": ("counter", "Processes that began to answer, those that took over included."),
    "pricecompare_worker_memory_bytes": ("gauge", "Resident memory of each process that answers."),
    "pricecompare_data_version": ("gauge", "Counted up whenever something in the database changes."),
    "pricecompare_import_rows_total": ("counter", "Rows of files that were taken or refused, by subject."),
    "pricecompare_queue_length": ("gauge", "What waits: files, files to be confirmed, citizens' reports."),
    "pricecompare_flags": ("gauge", "Prices that the rules find abnormal, by region and class."),
    "pricecompare_prices_age_seconds": ("gauge", "Seconds since the newest price list of a region was taken."),
    "pricecompare_disk_free_bytes": ("gauge", "Room where the database and waiting files are."),
}


def exposed(samples: Iterable[Sample], counters: Counters) -> str:
    """Return all measures as text; those without a value are named all the same."""
    found: dict[str, list[str]] = defaultdict(list)
    for sample in (*samples, *_of_workers(counters)):
        found[sample.name].append(_line(sample.name, sample.labels, sample.value))
    for name, labels, value in _of_answers(counters):
        found[name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")].append(
            _line(name, labels, value)
        )
    return "".join(
        f"# HELP {name} {about}\n# TYPE {name} {sort}\n{''.join(found[name])}"
        for name, (sort, about) in MEASURES.items()
    )


def _of_workers(counters: Counters) -> Iterator[Sample]:
    pids = counters.pids
    yield Sample("pricecompare_workers", {}, len(pids))
    yield Sample("pricecompare_worker_starts_total", {}, counters.starts)
    for number, pid in enumerate(pids):
        if (size := _resident(pid)) is not None:
            yield Sample("pricecompare_worker_memory_bytes", {"worker": str(number)}, size)


def _resident(pid: int) -> int | None:
    """Return the resident memory of a process in bytes; None where it is gone or this system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS:")), None)


def _of_answers(counters: Counters) -> Iterator[tuple[str, dict[str, str], float]]:
    for route, by_status, times, seconds in counters.answered():
        for status, count in by_status.items():
            yield "pricecompare_http_requests_total", {"route": route, "status": str(status or "other")}, count
        name, so_far = "pricecompare_http_request_seconds", 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), times, strict=True):
            so_far += count
            yield f"{name}_bucket", {"route": route, "le": bound}, so_far
        yield f"{name}_sum", {"route": route}, seconds
        yield f"{name}_count", {"route": route}, so_far


def _line(name: str, labels: dict[str, str], value: float) -> str:
    """Return one line.

    >>> _line("up", {"route": 'a"b'}, 2)
    'up{route="a\\\\"b"} 2\\n'
    """
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value}\n" if told else f"{name} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
