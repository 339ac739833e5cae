"""Random requests to every route, most of them hostile, and what no answer to any of them may be."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store
from pricecompare.web import create_app
from tests.conftest import NOW
from tests.hostile import BODIES, BOMBS, GOOD, HEADERS, HOSTILE
from tests.regulated import busy
from tests.sent import KEY
from tests.walking import BASES, filled, values

REGULATOR = "a key that regulators know"

TELLS = re.compile(rb"Traceback|sqlite3|psycopg|site-packages|OperationalError|/etc/passwd:|root:x:")
"""What an answer would betray of what is behind it."""

HEAD_VALUE = re.compile(r"[^\r\n\x00]*")


@dataclass(frozen=True, slots=True)
class Route:
    """A method at a rule: the key it wants, and the parameters that its description names with values that fit."""

    method: str
    rule: str
    key: str
    known: dict[str, list[str]]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> list[Route]:
    """Return every method of every rule, but for OPTIONS, which is the same everywhere."""
    described = app.test_client().get("/openapi.json").json["paths"]
    found = []
    for rule in app.url_map.iter_rules():
        template = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            said = described.get(template, {}).get(method.lower(), {})
            known = {one["name"]: values(one["schema"]) for one in said.get("parameters", []) if one["in"] == "query"}
            key = KEY if said.get("security") == [{"uploadKey": []}] else REGULATOR
            found.append(Route(method, template, key, known))
    return sorted(found, key=str)


class Attack:
    """A town that is asked hostile things, and what has to hold of every answer."""

    def __init__(self, folder: Path, seed: int):
        path = folder / "prices.db"
        self.desk = busy(create_store(str(path), cursor_key="test", max_age_days=30), folder)
        settings = {
            "UPLOAD_KEY": KEY,
            "REGULATOR_KEY": REGULATOR,
            "SPOOL": str(folder / "spool"),
            "NOW": NOW.isoformat(),
        }
        self.app = create_app(DB=str(path), **settings)
        self.random, self.folder = Random(seed), folder
        self.routes = routes(self.app)
        self.cursor = self.app.test_client().get("/api/v1/pharmacies?region=990100&limit=1").json["next"]

    def once(self, route: Route) -> int:
        """Ask one hostile thing of a route, check what is answered and return its status."""
        environ = self._environ(route)
        told: list[Any] = []
        body = self.app.wsgi_app(environ, lambda status, head, exc_info=None: told.append((status, head)))
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        status, head = int(told[-1][0][:3]), told[-1][1]
        said = {key: value for key, value in environ.items() if isinstance(value, str)}
        assert status < 500, (route, said, content[:300])
        assert not TELLS.search(content), (route, said, content[:300])
        assert all(HEAD_VALUE.fullmatch(value) for _, value in head), (route, said, head)
        kind = dict(head).get("Content-Type", "")
        if "json" in kind and content:
            json.loads(content)
        if "html" in kind or "svg" in kind:
            assert b"<script>alert" not in content and b"<img src=x" not in content, (route, said)
        return status

    def close(self) -> None:
        """See that the town is as sound as before, and let go of it."""
        assert self.app.test_client().get("/healthz").status_code == 200
        assert rebuild(self.desk).changed == 0
        with suppress(FileNotFoundError):
            assert [path.name for path in (self.folder / "spool").iterdir() if path.name != "lock"] == []
        self.app.extensions["pricecompare"].store.close()
        self.desk.store.close()

    def _environ(self, route: Route) -> dict[str, Any]:
        random = self.random
        kind, body = self._body(route) if route.method in ("POST", "PUT") else ("", b"")
        environ = {
            "REQUEST_METHOD": random.choice((route.method, route.method, route.method, "HEAD", "OPTIONS"))
            if route.method == "GET" else route.method,
            "PATH_INFO": self._path(route), "QUERY_STRING": self._query(route), "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "203.0.113.7", "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": kind,
        }  # fmt: skip
        if random.random() < 0.9:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {route.key}"
        if random.random() < 0.5:
            environ["HTTP_IF_MATCH"] = "*"
        for name in random.sample(HEADERS, random.choice((0, 0, 1, 3))):
            value = self._value().encode("utf-8", "replace").decode("latin-1")
            environ[f"HTTP_{name}"] = re.sub(r"[\r\n\0]", "", value)
        return environ

    def _path(self, route: Route) -> str:
        path = self.random.choice(filled(route.rule)).replace("{format}", self.random.choice(("csv", "xlsx", "json")))
        if self.random.random() < 0.3:
            path = re.sub(r"\{\w+\}", lambda _: self._value(), route.rule)
        return path.encode("utf-8", "replace").decode("latin-1")

    def _query(self, route: Route) -> str:
        """Return a question that makes sense, with something in it changed more often than not."""
        random = self.random
        bases = [base for base in BASES if base.keys() <= route.known.keys()]
        asked = list(random.choice(bases).items()) if bases else []
        for name in random.sample(sorted(route.known), min(len(route.known), random.randrange(3))):
            asked.append((name, random.choice(route.known[name]) if random.random() < 0.5 else self._value()))
        if random.random() < 0.05:
            asked.append((self._value(), self._value()))
        return "&".join(f"{self._coded(name)}={self._coded(value)}" for name, value in dict(asked).items())

    def _value(self) -> str:
        """Return something hostile, something good, a mixture, or a cursor that was changed."""
        random = self.random
        way = random.random()
        if way < 0.45:
            return random.choice(HOSTILE)
        if way < 0.75:
            return random.choice(GOOD)
        if way < 0.85:
            at = random.randrange(len(self.cursor))
            return self.cursor[:at] + random.choice("aA0._-=\n") + self.cursor[at + random.randrange(2) :]
        if way < 0.95:
            return "".join(chr(random.choice((random.randrange(128), random.randrange(0xD800)))) for _ in range(8))
        return random.choice(GOOD) + random.choice(HOSTILE)

    def _coded(self, value: str) -> str:
        return "".join(
            f"%{byte:02x}"
            if byte < 33 or byte > 126 or chr(byte) in "&=#%+" or self.random.random() < 0.02
            else chr(byte)
            for byte in value.encode("utf-8", "replace")
        )

    def _body(self, route: Route) -> tuple[str, bytes]:
        way = self.random.random()
        if way < (0.2 if route.rule == "/api/v1/uploads" else 0.9):
            return "application/json", self._json(route)
        if way < 0.95:
            return "multipart/form-data; boundary=b", self._form()
        kinds = (
            "text/plain",
            "",
            "application/xml",
            "application/octet-stream",
            "multipart/form-data",
            "a/b; charset=\xff",
        )
        return self.random.choice(kinds), self.random.randbytes(self.random.randrange(300))

    def _json(self, route: Route) -> bytes:
        way, random = self.random.random(), self.random
        if way < 0.1:
            return random.choice(BOMBS)
        found = dict(BODIES.get(route.rule, {}))
        for name in random.sample([*found, "more"], random.choice((0, 1, 1, 2)) if found else 1):
            found[name] = self._plain()
        return json.dumps(found).encode()

    def _plain(self) -> Any:
        return self.random.choice((
            self._value(), self._value(), 1, -1, 10**30, 1e300, True, None, [], {}, [self._value()],
            {"a": self._value()},
            [{"code": self._value(), "quantity": self.random.choice((1, 0, -1, 10**20, "x"))}],
        ))  # fmt: skip

    def _form(self) -> bytes:
        parts = []
        for name in self.random.sample(("what", "layout", "mode", "dry_run", "source", "file", "file", "x"), 4):
            file = f'; filename="{self._value()}"' if name == "file" else ""
            content = self.random.choice(("pharmacy_code,drug_code\n=1,2\n", "what", "prices", self._value()))
            parts.append(f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{content}\r\n')
        end = self.random.choice(("--b--\r\n", "", "--b"))
        return ("".join(parts) + end).encode("utf-8", "replace")


def attacked(folder: Path, seed: int, each: int) -> Iterator[str]:
    """Ask so many hostile things of each route; give each route with the status it answered."""
    one = Attack(folder, seed)
    for route in one.routes:
        for _ in range(each):
            yield f"{route}: {one.once(route)}"
    one.close()
