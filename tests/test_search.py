"""Searching as a person does it: nearby sellers, packs of a product, facets, pages, suggestions."""

import pytest

from pricecompare.calc.facets import FACETS
from pricecompare.services.searching.search import drugs, suggestions
from tests.town import PHARMACIES, REGIONS, Town

CAPSULES = [f"XJ01CAA040E001010{pack}02699" for pack in (1, 2, 3)]
TABLET, OTHER = "XJ01CAA040A001010102699", "XJ01CAA040E001010104021"
POWDERS = [f"ZA09AAC0100010100{pack}01" for pack in (1, 2, 3)]
CATALOGUE = [
    *(
        (code, f"阿莫西林胶囊,阿莫仙,胶囊剂,0.25g,{12 * at},粒,盒,华北制药,甲,rx")
        for at, code in enumerate(CAPSULES, 1)
    ),
    (TABLET, "阿莫西林片,,片剂,0.5g,12,片,盒,华北制药,乙,rx"),
    (OTHER, "阿莫西林胶囊,,胶囊剂,0.25g,24,粒,盒,珠海联邦,甲,rx"),
    *((code, f"参苓白术散,,散剂,6g,{at}0,袋,盒,白云山,甲,otc") for at, code in enumerate(POWDERS[:2], 1)),
    (POWDERS[2], "参苓白术散,,散剂,6g,10,袋,盒,同仁堂,甲,otc"),
]
HEADER = "drug_code,generic_name,brand,form,spec,pack_count,unit,pack_unit,maker,insurance_class,prescription\n"
SELLERS = {TABLET: ("P990102", 3), OTHER: ("P990102", 2), CAPSULES[1]: ("P990202", 4)}
PRICES = [
    f"{place}{number:05d},{code},10.00,2026-10-25,listed,in"
    for code, (place, most) in SELLERS.items()
    for number in range(1, most + 1)
]


@pytest.fixture
def desk(store, tmp_path):
    town = Town(store, tmp_path)
    catalogue = HEADER + "".join(f"{code},{said}\n" for code, said in CATALOGUE)
    for what, content in (("regions", REGIONS), ("drugs", catalogue), ("pharmacies", PHARMACIES)):
        assert town.take(what, content).findings == []
    assert town.price(*PRICES).findings == []
    return town.desk


def found(desk, q, **asked):
    return [one["code"] for one in drugs(desk, q=q, **asked)["items"]]


@pytest.mark.parametrize(
    ("place", "codes", "sellers"),
    [
        pytest.param({}, [CAPSULES[1], TABLET, OTHER], [4, 3, 2], id="anywhere"),
        pytest.param({"region": "990100"}, [TABLET, OTHER, CAPSULES[0]], [3, 2, 0], id="in a region"),
        pytest.param({"region": "990102"}, [TABLET, OTHER, CAPSULES[0]], [3, 2, 0], id="in a district"),
        pytest.param({"region": "990200"}, [CAPSULES[1], TABLET, OTHER], [4, 0, 0], id="in the other region"),
        pytest.param({"region": "990000"}, [CAPSULES[1], TABLET, OTHER], [4, 3, 2], id="in the province"),
        pytest.param(
            {"lat": 28.21, "lng": 112.91, "radius_km": 0.1}, [TABLET, OTHER, CAPSULES[0]], [1, 1, 0], id="here"
        ),
        pytest.param({"lat": 28.21, "lng": 112.91, "radius_km": 2}, [TABLET, OTHER, CAPSULES[0]], [2, 2, 0], id="near"),
        pytest.param({"lat": 10.0, "lng": 100.0}, [TABLET, CAPSULES[0], OTHER], [0, 0, 0], id="far from everybody"),
    ],
)
def test_what_most_pharmacies_nearby_sell_comes_first(desk, place, codes, sellers):
    items = drugs(desk, q="阿莫西林", **place)["items"]
    assert ([one["code"] for one in items], [one["sellers"] for one in items]) == (codes, sellers)


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        pytest.param({"q": "slbzs"}, [POWDERS[0], POWDERS[2]], id="by name, form, spec and maker"),
        pytest.param({"q": "slbzs", "group": "none"}, POWDERS, id="each pack"),
        pytest.param({"q": "slbzs 同仁堂"}, [POWDERS[2]], id="words in name and maker"),
        pytest.param({"q": "阿莫西林 36粒"}, [CAPSULES[2]], id="words in name and pack"),
        pytest.param({"q": "阿莫西林", "form": "片剂"}, [TABLET], id="a form"),
        pytest.param({"q": "阿莫西林", "maker": "珠海 联邦"}, [OTHER], id="a maker, a blank too many"),
        pytest.param({"q": "阿莫西林", "spec": "0.5g"}, [TABLET], id="a spec"),
        pytest.param({"q": "阿莫西林", "insurance_class": "甲", "maker": "华北制药"}, [CAPSULES[1]], id="two facets"),
        pytest.param({"q": "片", "prescription": "otc"}, [], id="nothing left"),
        pytest.param({"q": CAPSULES[2]}, [CAPSULES[2]], id="one pack by its code"),
    ],
)
def test_one_item_for_each_product_that_fits(desk, asked, codes):
    assert found(desk, **asked) == codes


def test_packs_of_a_product_are_those_that_were_found(desk):
    items = drugs(desk, q="阿莫仙")["items"]
    assert [(one["code"], one["packs"]) for one in items] == [
        (CAPSULES[1], {"count": 3, "codes": [CAPSULES[1], CAPSULES[0], CAPSULES[2]]})
    ]
    assert drugs(desk, q="阿莫西林 12粒")["items"][0]["packs"]["count"] == 1


@pytest.mark.parametrize("group", ["product", "none"])
@pytest.mark.parametrize("chosen", [{}, {"form": "胶囊剂"}, {"maker": "华北制药", "insurance_class": "甲"}])
@pytest.mark.parametrize("q", ["阿莫", "a", "slbzs"])
def test_a_facet_counts_what_choosing_it_leaves(desk, q, chosen, group):
    answer = drugs(desk, q=q, group=group, **chosen)
    for name in FACETS:
        for value in answer["facets"][name]:
            left = drugs(desk, q=q, group=group, **chosen | {name: value["value"]})
            assert left["total"] == value["results"] > 0


def test_facets_are_told_most_first(desk):
    facets = drugs(desk, q="阿莫", form="胶囊剂")["facets"]
    assert facets == {
        "form": [{"value": "胶囊剂", "results": 2}, {"value": "片剂", "results": 1}],
        "spec": [{"value": "0.25g", "results": 2}],
        "maker": [{"value": "华北制药", "results": 1}, {"value": "珠海联邦", "results": 1}],
        "prescription": [{"value": "rx", "results": 2}],
        "insurance_class": [{"value": "甲", "results": 2}],
        "vbp": [{"value": "no", "results": 2}],
    }


def test_the_next_page_stays_right_when_ranks_change(desk, tmp_path):
    first = drugs(desk, q="阿莫西林", limit=1)
    assert [one["code"] for one in first["items"]] == [CAPSULES[1]]
    Town(desk.store, tmp_path).price(*(f"P9902020000{shop},{TABLET},10.00,2026-10-26,listed,in" for shop in (1, 2, 3)))
    second = drugs(desk, q="阿莫西林", limit=5, cursor_given=first["next"])
    assert ([one["code"] for one in second["items"]], second["next"]) == ([OTHER], None)


def test_close_ones_come_last_and_names_are_suggested(desk):
    answer = drugs(desk, q="阿莫西淋胶囊")
    assert ({one["matched"] for one in answer["items"]}, answer["suggestions"][0]) == ({"close"}, "阿莫西林胶囊")
    mixed = drugs(desk, q="阿莫仙", group="none")
    assert ([one["matched"] for one in mixed["items"]], mixed["suggestions"]) == (["brand"] * 3, [])


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("am", [("阿莫西林胶囊", "name", 4), ("阿莫仙", "brand", 3), ("阿莫西林片", "name", 1)]),
        ("阿莫西林", [("阿莫西林胶囊", "name", 4), ("阿莫西林片", "name", 1)]),
        ("华", [("华北制药", "maker", 4)]),
        ("zhuhai", [("珠海联邦", "maker", 1)]),
        ("阿莫西淋片", [("阿莫西林片", "name", 1), ("阿莫西林胶囊", "name", 4), ("阿莫仙", "brand", 3)]),
        ("no such", []),
    ],
)
def test_what_somebody_types_is_gone_on_with(desk, q, told):
    items = suggestions(desk, q=q)["items"]
    assert [(one["text"], one["kind"], one["packs"]) for one in items] == told
