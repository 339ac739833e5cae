"""The API over HTTP against a bare Flask that says hello, on the same gunicorn, asked by the same client."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.pool import Pool
from statistics import median
from urllib.parse import urlencode

from benchmarks.city import NOW, City
from benchmarks.client import PROCESSES, answer, answered, request
from benchmarks.figures import Figure, compared
from benchmarks.questions import Question, with_full_pages
from benchmarks.server import Server, served

ROUNDS = 9
RADIUS_KM = 5.0
LEAST, LEAST_CPU, MEGABYTES = {200: 0.5, 304: 0.8}, 1 / 9, 250
SHARED = "python:pricecompare.web.server"
"""What `pricecompare serve` gives gunicorn, too: workers share what is loaded once."""


@dataclass(frozen=True, slots=True)
class Case:
    """Requests to one server, and what each round brought: answers a second, server's and client's CPU an answer."""

    name: str
    server: Server
    requests: list[bytes]
    status: int = 200
    rounds: list[tuple[float, float, float]] = field(default_factory=list)

    def go(self, clients: Pool, seconds: float) -> None:
        """Ask for one round."""
        before = self.server.cpu
        count, cost = answered(clients, self.server.port, self.requests, seconds, status=self.status)
        self.rounds.append((count / seconds, (self.server.cpu - before) / count, cost / count))

    @property
    def rate(self) -> float:
        """Answers a second, the median of all rounds."""
        return median(rate for rate, _, _ in self.rounds)

    @property
    def cpu(self) -> float:
        """Seconds of the server's processors for an answer."""
        return median(cpu for _, cpu, _ in self.rounds)

    @property
    def client(self) -> float:
        """Seconds of the client's processors for an answer."""
        return median(cost for _, _, cost in self.rounds)


def figures(city: City) -> Iterator[Figure]:
    """Yield what an answer costs over HTTP, and the memory of the server after it."""
    paths = [path_of(one) for one in with_full_pages(city.desk(), city, radius_km=RADIUS_KM)]
    ours = served("app:app", config=SHARED, PRICECOMPARE_DB=str(city.database), PRICECOMPARE_NOW=NOW)
    clients = get_context("spawn").Pool(PROCESSES)
    with clients, served("benchmarks.hello:app") as bare, ours as server:
        hello = Case("hello", bare, [request("/")])
        full = Case("20 offers", server, [request(path) for path in paths])
        known = Case("20 offers that the client has (304)", server, [_again(server, path) for path in paths], 304)
        for case in (hello, full, known):
            case.go(clients, 1.0)
            case.rounds.clear()
        for _ in range(ROUNDS):
            for case in (hello, full, known):
                case.go(clients, city.load_seconds)
        yield from _figures(hello, full, known)
        # Names are loaded when the first of them is looked for.
        answered(clients, server.port, [request("/api/v1/drugs?q=amxl")], 1.0, status=200)
        yield _memory(server)


def path_of(one: Question) -> str:
    """Return the address of a question about what is in stock."""
    place = {name: f"{value:.6f}" if name in ("lat", "lng") else str(value) for name, value in one.place.items()}
    asked = {**place, "coord_type": "wgs84", "in_stock": "true", "sort": one.sort}
    return f"/api/v1/drugs/{one.drug}/offers?{urlencode(asked)}"


def _again(server: Server, path: str) -> bytes:
    """Return the request of a client that has the answer already."""
    head = answer(server.port, request(path)).partition(b"\r\n\r\n")[0].decode()
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    return request(path, **{"If-None-Match": fields["ETag"]})


def _figures(hello: Case, *cases: Case) -> Iterator[Figure]:
    for case in cases:
        rates = f"{case.rate:,.0f} answers/s", f"{hello.rate:,.0f} answers/s"
        yield compared(
            f"HTTP: {case.name}, against a bare hello", *rates, _ratio(case, hello), least=LEAST[case.status]
        )
        costs = f"{case.cpu * 1e6:,.0f} µs", f"{hello.cpu * 1e6:,.0f} µs"
        yield compared("… processor of the server for an answer", *costs, hello.cpu / case.cpu, least=LEAST_CPU)
    costs = f"{cases[0].client * 1e6:,.0f} µs", f"{hello.client * 1e6:,.0f} µs"
    yield Figure("… processor of the client for an answer", *costs)


def _ratio(case: Case, hello: Case) -> float:
    """Return how many answers there are for each hello: the median of rounds, which have the same weather each."""
    return median(ours[0] / theirs[0] for ours, theirs in zip(case.rounds, hello.rounds, strict=True))


def _memory(server: Server) -> Figure:
    total, largest = server.memory
    told = f"{total:,.0f} MB, largest process {largest:,.0f} MB"
    return Figure("server memory after that, all processes", told, reach=f"< {MEGABYTES} MB", ok=total < MEGABYTES)
