"""What stands in deploy/ fits the program: every measure, option and path in it is one there is."""

import json
import os
import re
import shutil
import ssl
import subprocess
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.services.upkeep.doctor import examined
from pricecompare.web.exposition import MEASURES
from tests.conftest import NOW
from tests.served import Served, free_port, until

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
ALERTS, DASHBOARD = (DEPLOY / "alerts.yml").read_text("utf-8"), json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
NAME = re.compile(r"\bpricecompare_\w+")
EXPORTED = {
    *(name for name, (sort, _) in MEASURES.items() if sort != "histogram"),
    *(
        f"{name}_{part}"
        for name, (sort, _) in MEASURES.items()
        for part in ("bucket", "sum", "count")
        if sort == "histogram"
    ),
}
LABELS = {"route", "status", "le", "what", "outcome", "queue", "region", "class", "for", "worker", "version", "schema"}


def expressions():
    """Return every expression of the dashboard."""
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_the_dashboard_shows_every_measure_and_no_other():
    assert {name for one in expressions() for name in NAME.findall(one)} == EXPORTED


def test_alerts_are_about_measures_that_there_are():
    assert set(NAME.findall(ALERTS)) <= EXPORTED
    assert len(re.findall(r"- alert: ", ALERTS)) == ALERTS.count("mend: ") == ALERTS.count("severity: ")


def test_labels_are_those_that_are_exported(city):
    used = " ".join([*expressions(), ALERTS])
    by = {label.strip() for group in re.findall(r"\bby \(([\w, ]+)\)", used) for label in group.split(",")}
    assert by | set(re.findall(r"\{(\w+)=", used)) | set(re.findall(r"\$labels\.(\w+)", used)) <= LABELS | {"job"}
    assert set(re.findall(r"\{\{(\w+)\}\}", json.dumps(DASHBOARD))) <= LABELS


def test_panels_lie_beside_each_other():
    places = [(p["gridPos"]["x"], p["gridPos"]["y"], p["gridPos"]["w"], p["gridPos"]["h"]) for p in DASHBOARD["panels"]]
    cells = [(x + i, y + j) for x, y, w, h in places for i in range(w) for j in range(h)]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) < 24
    assert len({p["id"] for p in DASHBOARD["panels"]}) == len(places)


def test_prometheus_takes_the_rules():
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("no promtool: it comes with Debian's package prometheus")
    done = subprocess.run(
        [promtool, "check", "rules", DEPLOY / "alerts.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_takes_the_units(tmp_path):
    if (systemd := shutil.which("systemd-analyze")) is None:
        pytest.skip("no systemd here")
    for unit in DEPLOY.glob("pricecompare*.service"):
        text = unit.read_text("utf-8").replace("/opt/pricecompare/venv/bin/pricecompare", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    shutil.copy(DEPLOY / "pricecompare-nightly.timer", tmp_path)
    units = sorted(tmp_path.iterdir())
    done = subprocess.run([systemd, "verify", *units], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "pricecompare" in line]
    assert said == []


PAGE_COMMAND = re.compile(r"(?:^|`|，)pc ([a-z]+)((?: --[a-z-]+| [\w./…|]+)*)", re.MULTILINE)


@pytest.mark.parametrize("page", ["operating.md", "operating.zh.md"])
def test_every_command_of_the_pages_for_operators_is_one_there_is(page):
    told = PAGE_COMMAND.findall((ROOT / "docs" / page).read_text("utf-8"))
    assert {"doctor", "backup", "restore", "upgrade", "retention"} <= {command for command, _ in told}
    for command, rest in told:
        helped = CliRunner().invoke(main, [command, "--help"])
        assert helped.exit_code == 0, command
        assert [one for one in re.findall(r"--[a-z-]+", rest) if one not in helped.output] == []


def commands():
    """Return every command of ours in units and Dockerfile, as its words."""
    text = "\n".join(path.read_text("utf-8") for path in DEPLOY.glob("*.service"))
    starts = re.findall(r"^ExecStart=/opt/pricecompare/venv/bin/pricecompare (.+)$", text, re.MULTILINE)
    container = re.search(r"^CMD (\[.+\])$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)[1]
    return [one.split() for one in starts] + [json.loads(container)]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_and_option_is_one_there_is(words):
    helped = CliRunner().invoke(main, [words[0], "--help"])
    assert helped.exit_code == 0
    options = {word for word in words if word.startswith("--")}
    assert {one for one in options if one not in helped.output} == set()


def test_settings_of_the_service_are_ones_that_are_read(tmp_path):
    lines = (DEPLOY / "pricecompare.env").read_text("utf-8").splitlines()
    named = [line.removeprefix("#").partition("=")[0] for line in lines if re.match(r"#?PRICECOMPARE_", line)]
    settings = dict.fromkeys((name.removeprefix("PRICECOMPARE_") for name in named), "") | {"DB": str(tmp_path / "x")}
    unknown = [one.reason.en for one in examined(settings) if one.reason.code == "doctor_unknown_setting"]
    # What a sibling of this file reads is not known to every version of the program.
    assert [one for one in unknown if "TRUSTED_PROXIES" not in one] == []


def test_the_image_is_for_nobody_in_particular_and_takes_what_the_wheel_needs():
    text = (ROOT / "Dockerfile").read_text("utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE) and "HEALTHCHECK" in last and "VOLUME /data" in last
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"], "pyproject.toml", project["project"]["readme"]} <= let_in


@pytest.fixture
def behind_nginx(city, tmp_path):
    """A server behind a real nginx with TLS, as deploy/nginx.conf has it, on ports of its own."""
    nginx, openssl = shutil.which("nginx"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("no nginx here: apt-get install nginx-light openssl")
    city.store.engine.save(tmp_path / "city.db")
    served = Served(str(tmp_path / "city.db"), NOW=NOW.isoformat(), METRICS_TOKEN="t" * 16, TRUSTED_PROXIES="127.0.0.1")
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=prices.example"]
    subprocess.run(
        [*made, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True
    )
    plain, secure = free_port(), free_port()
    (tmp_path / "nginx.conf").write_text(site(tmp_path, served.port, plain, secure), "utf-8")
    running = subprocess.Popen([nginx, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"])
    try:
        until(lambda: asked(secure, "/healthz")[0] == 200, 20)
        yield served, plain, secure
    finally:
        running.terminate()
        running.wait(20)
        served.stop()


def site(folder, port, plain, secure):
    """Return the example with ports and certificates of this test, as a whole configuration."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"/etc/letsencrypt/live/prices.example/fullchain.pem", str(folder / "cert.pem"), text)
    text = re.sub(r"/etc/letsencrypt/live/prices.example/privkey.pem", str(folder / "key.pem"), text)
    text = re.sub(r"listen \[::\].*\n", "\n", text).replace("listen 80;", f"listen 127.0.0.1:{plain};")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl").replace(
        "127.0.0.1:8000", f"127.0.0.1:{port}"
    )
    temporary = "".join(
        f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"daemon off; user {_account()}; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
    text = text.replace("/var/log/nginx/pricecompare.log", f"{folder}/site.log")
    return f"{head}http {{ {temporary} access_log {folder}/access.log;\n{text}\n}}\n"


def _account():
    return "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")


def asked(port, path, **headers):
    """Return status, head and body of an answer over TLS; (0, …) where there is no connection."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, context=trust, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
    except OSError:
        return 0, {}, b""


class Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_nginx_with_tls_stands_before_the_service(behind_nginx):
    served, plain, secure = behind_nginx
    status, head, body = asked(secure, "/api/v1/regions")
    assert (status, "max-age=" in head["Strict-Transport-Security"], head["Server"]) == (200, True, "nginx")
    assert body == served.ask("/api/v1/regions")[1]
    assert asked(secure, "/metrics")[0] == 403
    assert asked(secure, "/metrics", Authorization=f"Bearer {'t' * 16}")[0] == 403
    assert served.ask("/metrics")[0] == 200
    assert asked(secure, "/api/v1/regions", **{"If-None-Match": head["ETag"]})[0] == 304
    packed = asked(secure, "/api/v1/pharmacies?region=990100", **{"Accept-Encoding": "gzip"})[1]
    assert (packed["Content-Encoding"], packed["ETag"][:3]) == ("gzip", 'W/"')
    try:
        urllib.request.build_opener(Stays).open(f"http://127.0.0.1:{plain}/docs", timeout=20)
        raise AssertionError("no redirection")
    except urllib.error.HTTPError as error:
        assert (error.code, error.headers["Location"]) == (301, "https://127.0.0.1/docs")


def test_nginx_writes_down_no_place_that_was_asked_for(behind_nginx, tmp_path):
    served, plain, secure = behind_nginx
    place = "/api/v1/pharmacies?lat=28.2281&lng=112.9391"
    with pytest.raises(urllib.error.HTTPError, match="301"):
        urllib.request.build_opener(Stays).open(f"http://127.0.0.1:{plain}{place}", timeout=20)
    assert asked(secure, place)[0] == 200
    served.stop()
    assert asked(secure, place)[0] in (502, 504)
    logs = [path for path in tmp_path.iterdir() if path.suffix == ".log"]
    assert logs and [path.name for path in logs if "28.2281" in path.read_text("utf-8")] == []
