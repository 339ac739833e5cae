"""How much somebody may ask over HTTP: counted by network and by key, told in every answer, and refused beyond."""

import pytest
from flask import request

from pricecompare.calc.pace import Pace
from pricecompare.errors import Invalid
from pricecompare.services.access.often import Often
from pricecompare.services.bounds import Bounds
from pricecompare.web import create_app
from pricecompare.web.limits import Limits, Told, costs
from tests.conftest import NOW

OFFERS = "/api/v1/drugs/XJ01CAA501A001010190008/offers?lat=28.228&lng=112.939"
BASKET = {"region": "990100", "drugs": [{"code": "XJ01CAA501A001010190008", "quantity": 1}]}
FREE = {"site.show_health", "site.show_readiness", "site.show_metrics"}
HERE, NEAR, ELSEWHERE = "203.0.113.7", "203.0.113.200", "198.51.100.7"


class Clock:
    """A clock that stands still until it is put on."""

    now = 1000.0

    def __call__(self):
        return self.now


def app_of(city, **settings):
    app = create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat(), **settings)
    clock = Clock()
    if app.limits:
        app.limits = Limits(app, app.bounds, Often(), clock)
    return app, clock


def ask(app, path=OFFERS, address=HERE, **more):
    return app.test_client().get(path, environ_base={"REMOTE_ADDR": address}, **more)


def test_a_network_is_told_what_is_left_and_when_to_come_again(city):
    app, clock = app_of(city, PER_MINUTE=3)
    answers = [ask(app), ask(app, address=NEAR), ask(app), ask(app)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    named = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")
    assert [tuple(one.headers.get(name) for name in named) for one in answers] == [
        ("3", "2", "20", None), ("3", "1", "40", None), ("3", "0", "60", None), ("3", "0", "60", "20"),
    ]  # fmt: skip
    assert (answers[3].json["code"], answers[3].mimetype) == ("too_often", "application/problem+json")
    assert ask(app, address=ELSEWHERE).status_code == 200
    clock.now += 20
    assert [ask(app).status_code for _ in range(2)] == [200, 429]


def test_a_key_is_counted_wherever_it_is_used_and_keys_that_are_guessed_count_for_their_network(city):
    app, _ = app_of(city, PER_MINUTE=5, KEY_PER_MINUTE=2)
    one, other = ({"Authorization": f"Bearer {key}"} for key in ("one", "other"))
    used = [(HERE, one), (ELSEWHERE, one), ("192.0.2.1", one), (HERE, other), (HERE, other), (HERE, other)]
    assert [ask(app, address=at, headers=key).status_code for at, key in used] == [200, 200, 429, 200, 200, 429]
    guesses = [ask(app, headers={"Authorization": f"Bearer guess {n}"}).status_code for n in range(3)]
    assert guesses == [200, 429, 429]


def test_signatures_of_one_key_are_one_caller(city):
    app, _ = app_of(city, PER_MINUTE=0, KEY_PER_MINUTE=1)
    signed = [f"pricecompare-hmac-sha256 key=1, time=2, nonce={number}, signature={number:064x}" for number in range(2)]
    assert [ask(app, headers={"Authorization": one}).status_code for one in signed] == [200, 429]


def test_what_costs_more_is_counted_for_more(city):
    app, _ = app_of(city, PER_MINUTE=100)
    basket = app.test_client().post("/api/v1/baskets/quote", json=BASKET, environ_base={"REMOTE_ADDR": HERE})
    assert (basket.status_code, basket.headers["RateLimit-Remaining"]) == (200, "80")
    assert ask(app, "/healthz").headers.get("RateLimit-Limit") is None
    for path, left in (("/no/such/page", "79"), (OFFERS, "78"), (f"{OFFERS}&a%73_of=2026-10-31", "58")):
        assert ask(app, path).headers["RateLimit-Remaining"] == left


def test_every_endpoint_has_a_cost_that_fits_its_work(city):
    app, _ = app_of(city, PER_MINUTE=100)
    cost = {rule.endpoint: app.limits.cost(rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint, units in cost.items() if units == 0} == FREE
    exports = [endpoint for endpoint in cost if ".export_" in endpoint]
    assert exports and all(cost[endpoint] >= 10 for endpoint in exports)
    assert max(cost.values()) <= Bounds().per_minute


def test_a_question_that_costs_more_than_a_minute_has_costs_all_of_it(city):
    app, _ = app_of(city, PER_MINUTE=2)
    client = app.test_client()
    assert [client.post("/api/v1/baskets/quote", json=BASKET).status_code for _ in range(2)] == [200, 429]


def test_without_limits_nothing_is_said_of_them(city):
    app, _ = app_of(city)
    assert app.limits is None
    assert not [name for name in ask(app).headers.keys() if name.startswith("RateLimit")]


def test_the_scarcer_of_two_is_told():
    told = Told(Pace(10, 60), Often().take("a", Pace(10, 60), 0.0, cost=4), 0.0)
    assert dict(told.headers) == {"RateLimit-Limit": "10", "RateLimit-Remaining": "6", "RateLimit-Reset": "24"}


def test_a_cost_is_declared_at_the_endpoint():
    def view():
        """Nothing."""

    assert costs(7)(view).cost == 7


PROXIES = "10.0.0.0/8 unix"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7\r\nX: y", "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("", "203.0.113.7", "203.0.113.7"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
        ("10.0.0.1", ", ".join(["203.0.113.7"] + ["10.0.0.2"] * 50), "10.0.0.2"),
    ],
    ids=[
        "a proxy", "made up before it", "two proxies", "with a port", "IPv6 with a port", "no address", "nothing",
        "empty", "a line more", "both versions", "a socket", "no proxy of ours", "very many",
    ],
)  # fmt: skip
def test_only_a_trusted_proxy_says_where_a_request_comes_from(city, peer, forwarded, client):
    app, _ = app_of(city, PER_MINUTE=100, TRUSTED_PROXIES=PROXIES)
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    ask(app, address=peer, headers={"X-Forwarded-For": forwarded.replace("\r\n", " ")})
    assert seen == [client]


def test_without_trusted_proxies_nobody_says_it(city):
    app, _ = app_of(city, PER_MINUTE=1)
    codes = [ask(app, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(2)]
    assert codes == [200, 429]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"PER_MINUTE": "many"}, "bad_setting"),
        ({"PER_MINUTE": -1}, "bad_setting"),
        ({"KEY_PER_MINUTE": 1.5}, "bad_setting"),
        ({"ANSWER_SECONDS": 0}, "bad_setting"),
        ({"MAX_PAGES": 0}, "bad_setting"),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "bad_network"),
        ({"TRUSTED_PROXIES": "nginx"}, "bad_network"),
        ({"CORS_ORIGINS": "prices.example"}, "bad_origin"),
        ({"CORS_ORIGINS": "https://prices.example/"}, "bad_origin"),
        ({"CORS_ORIGINS": "https://me@prices.example"}, "bad_origin"),
        ({"CORS_ORIGINS": "null"}, "bad_origin"),
    ],
)
def test_settings_that_make_no_sense(city, settings, code):
    with pytest.raises(Invalid) as error:
        create_app(DB=str(city.store.engine.path), **settings)
    assert error.value.code == code


def test_nobody_pages_for_ever_but_is_shown_to_the_dump(city):
    app, _ = app_of(city, MAX_PAGES=3)
    path = "/api/v1/pharmacies?region=990100&limit=1"
    answers = [ask(app, path)]
    for _ in range(3):
        answers.append(ask(app, f"{path}&cursor={answers[-1].json['next']}"))
    assert [one.status_code for one in answers] == [200, 200, 200, 422]
    assert (answers[3].json["code"], answers[3].json["field"]) == ("too_deep", "cursor")
    assert "/api/v1/dumps" in answers[3].json["detail"]
    more = ask(app, "/api/v1/changes?since=0&limit=1")
    for _ in range(5):
        more = ask(app, f"/api/v1/changes?since=0&limit=1&cursor={more.json['next']}")
        assert more.status_code == 200
