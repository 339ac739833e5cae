"""What numbers say in words, as a table."""

import pytest

from pricecompare.services.answers import sayings
from pricecompare.services.answers.sayings import Usual

MANY = Usual("云泽市", 85, 1250, 1180, 1320, 900, 2000)


@pytest.mark.parametrize(
    ("this", "moved", "zh", "en"),
    [
        (
            MANY,
            -3.2,
            "云泽市有 85 家药店在售，中位价 12.50 元，半数药店在 11.80–13.20 元之间，近 12 个月中位价下降 3.2%。",
            "In 云泽市 85 pharmacies sell it at a median of 12.50 yuan, half of them for 11.80 to 13.20 yuan; "
            "the median fell 3.2 % in 12 months.",
        ),
        (
            MANY,
            12.0,
            "云泽市有 85 家药店在售，中位价 12.50 元，半数药店在 11.80–13.20 元之间，近 12 个月中位价上涨 12%。",
            "In 云泽市 85 pharmacies sell it at a median of 12.50 yuan, half of them for 11.80 to 13.20 yuan; "
            "the median rose 12 % in 12 months.",
        ),
        (
            MANY,
            0.0,
            "云泽市有 85 家药店在售，中位价 12.50 元，半数药店在 11.80–13.20 元之间，近 12 个月中位价基本持平。",
            "In 云泽市 85 pharmacies sell it at a median of 12.50 yuan, half of them for 11.80 to 13.20 yuan; "
            "the median is what it was 12 months ago.",
        ),
        (
            MANY,
            None,
            "云泽市有 85 家药店在售，中位价 12.50 元，半数药店在 11.80–13.20 元之间。",
            "In 云泽市 85 pharmacies sell it at a median of 12.50 yuan, half of them for 11.80 to 13.20 yuan.",
        ),
        (
            MANY._replace(q1=1250, q3=1250.4),
            None,
            "云泽市有 85 家药店在售，半数以上药店的价格为 12.50 元。",
            "In 云泽市 85 pharmacies sell it, at least half of them for 12.50 yuan.",
        ),
        (
            MANY._replace(n=4),
            -3.2,
            "云泽市有 4 家药店在售，价格 9.00–20.00 元。",
            "In 云泽市 4 pharmacies sell it, for 9.00 to 20.00 yuan.",
        ),
        (
            MANY._replace(n=2, high=900),
            None,
            "云泽市有 2 家药店在售，价格 9.00 元。",
            "In 云泽市 2 pharmacies sell it, for 9.00 yuan.",
        ),
        (
            MANY._replace(n=1, high=900),
            None,
            "云泽市只有 1 家药店在售，价格 9.00 元。",
            "In 云泽市 one pharmacy sells it, for 9.00 yuan.",
        ),
        (
            Usual("云泽市", 0, None, None, None, None, None),
            None,
            "云泽市目前没有药店有有效报价。",
            "In 云泽市 no pharmacy has a current price for it.",
        ),
    ],
    ids=["cheaper", "dearer", "0 %", "no year", "alike", "few", "few alike", "one", "none"],
)
def test_what_a_drug_usually_costs(this, moved, zh, en):
    said = sayings.usual(this, few=5, months=12, change=moved)
    assert (said.zh, said.en) == (zh, en)


@pytest.mark.parametrize(
    ("percent", "zh", "en"),
    [
        (-12.0, "比本地中位价低 12%", "12 % below the local median"),
        (198.7, "比本地中位价高 198.7%", "198.7 % above the local median"),
        (0.1, "比本地中位价高 0.1%", "0.1 % above the local median"),
        (0.0, "与本地中位价持平", "at the local median"),
        (-0.0, "与本地中位价持平", "at the local median"),
        (1_234_567.8, "比本地中位价高 1234567.8%", "1234567.8 % above the local median"),
    ],
)
def test_how_a_price_stands_to_the_median(percent, zh, en):
    said = sayings.beside_median(percent)
    assert (said.zh, said.en) == (zh, en)
