"""Commands that serve: serve, demo, openapi."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import click

from pricecompare.calc.days import date_of
from pricecompare.cli.imports import progress
from pricecompare.cli.keeping import STOPPED, Kept
from pricecompare.cli.tables import said
from pricecompare.errors import Unusable
from pricecompare.services.defaults import DEFAULT_DB
from pricecompare.services.demo import build, is_current
from pricecompare.services.opening import clock_of, limits, opened
from pricecompare.web.openapi import document

WAIT_SECONDS = 30

PORT = click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True, envvar="PORT")
HOST = click.option("--host", default="127.0.0.1", show_default=True)


@click.command()
@HOST
@PORT
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each process.")
@click.option("--timeout", default=60, show_default=True, help="Seconds after which a process that hangs is replaced.")
@click.option("--max-requests", default=500_000, show_default=True, help="Answers after which a process is replaced.")
@click.option("--pid", type=click.Path(dir_okay=False), help="File to write the number of gunicorn's first process to.")
@click.pass_obj
def serve(settings: dict[str, Any], host: str, port: int, **sizes: Any) -> None:
    """Answer the API on http://HOST:PORT with gunicorn.

    SIGHUP renews all processes without refusing a request (on a terminal that closes it stops them); SIGTERM lets them
    finish what they are answering. When gunicorn itself dies it is started again.
    """
    opened(settings).store.close()
    _free(host, port)
    db = str(settings.get("DB") or DEFAULT_DB)
    # A line for each request, unless somebody has said otherwise; a demo is quiet.
    os.environ.setdefault("PRICECOMPARE_LOG", "1")
    if sys.stdout.isatty():
        said(f"Answering on http://{host}:{port}, the API page is /docs, the console /console; Ctrl-C stops it.")
    raise SystemExit(Kept(lambda: _server(db, host, port, **sizes)).until_stopped())


@click.command()
@HOST
@PORT
@click.option("--fixtures", type=click.Path(path_type=Path), default=Path("fixtures"), show_default=True)
@click.option(
    "--file", type=click.Path(path_type=Path), default=Path("var/demo.db"), show_default=True, help="Database."
)
@click.option("--build-only", is_flag=True, help="Build the database and stop.")
@click.pass_obj
def demo(settings: dict[str, Any], host: str, port: int, fixtures: Path, file: Path, build_only: bool) -> None:
    """Build the demo database from the fixtures when needed, serve it, and say what to try."""
    limits(settings)
    if not build_only:
        _free(host, port)
    today = date_of(int(clock_of(settings)().timestamp()))
    if not is_current(file, today):
        said("Building the demo database: an invented city, its dates moved to end yesterday.")
        with progress() as told:
            build(file, fixtures, today=today, told=told)
    if build_only:
        return said(f"Built {file}")
    server = _server(str(file), host, port, workers=2, threads=4)
    # A closed terminal hangs up; left to itself, gunicorn would go on without one.
    for polite in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(polite, lambda *_: server.terminate())
    _wait(server, f"http://{host}:{port}/healthz")
    said(_invitation(f"http://{host}:{port}", file))
    raise SystemExit(_until_stopped(server))


@click.command()
def openapi() -> None:
    """Print the OpenAPI description of the API."""
    click.echo(document(), nl=False)


def _free(host: str, port: int) -> None:
    """Raise Unusable when something listens on a port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Unusable("bad_address", address=f"{host}:{port}", reason=error.strerror) from None
            raise Unusable("port_in_use", port=port, other=port + 1) from None


def _server(db: str, host: str, port: int, *, workers: int, threads: int, **more: Any) -> subprocess.Popen:
    """Return gunicorn, started; what else is said of it are its own options."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:pricecompare.web.server",
        "--bind",
        f"{host}:{port}",
    ]
    sizes = [
        "--worker-class",
        "pricecompare.web.sharing.Sharing",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--log-level",
        "warning",
    ]
    for name, value in more.items():
        if value is not None:
            sizes += [f"--{name.replace('_', '-')}", str(value)]
    environment = os.environ | {"PRICECOMPARE_DB": db}
    return subprocess.Popen([*command, *sizes, "pricecompare.web:create_app()"], env=environment)


def _wait(server: subprocess.Popen, url: str) -> None:
    """Return when the server answers; raise Unusable when it dies or says nothing, SystemExit when it was stopped."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    if server.poll() is None:
        server.terminate()
        server.wait()
        raise Unusable("server_silent", seconds=WAIT_SECONDS)
    if server.returncode in STOPPED:
        raise SystemExit(0)
    raise Unusable("server_died", status=server.returncode)


def _until_stopped(server: subprocess.Popen) -> int:
    """Return the server's exit code, 0 when it was asked to stop."""
    code = server.wait()
    return 0 if code in STOPPED else code


def _invitation(url: str, file: Path) -> str:
    """Return five calls to try."""
    return f"""
Serving {file} on {url} (Ctrl-C stops it). Try, in another terminal:

  curl '{url}/api/v1/drugs?q=amxl'
  curl '{url}/api/v1/drugs/XJ01CAA501A001010190008/offers?lat=28.228&lng=112.939&radius_km=3&sort=price'
  curl '{url}/api/v1/pharmacies/P99010200001/index'
  curl '{url}/api/v1/regions/990100/flags.csv'
  curl '{url}/docs'
"""
