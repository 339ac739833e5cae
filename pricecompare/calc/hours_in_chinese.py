"""Opening hours as people write them in Chinese, brought to the syntax of OpenStreetMap."""

import re
import unicodedata

from pricecompare.calc.hours import hours, written
from pricecompare.errors import Invalid

_NUMBERS = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WORDS = {
    "工作日": "Mo-Fr", "周末": "Sa,Su", "双休日": "Sa,Su", "每天": "", "每日": "",
    "法定节假日": "PH", "国家法定节假日": "PH", "节假日": "PH",
}  # fmt: skip
_HALVES = "次日凌晨|次日|凌晨|早上|早|上午|中午|下午|傍晚|晚上|晚"
_CLOCK = rf"(?P<{{0}}_half>{_HALVES})?(?P<{{0}}>\d\d?)(?::(?P<{{0}}_past>\d\d)|点(?P<{{0}}_more>半|\d\d分?)?)"
_TOKEN = re.compile(
    r"(?P<noise>营业时间|节假日(?:不休息?|照常营业|正常营业)|全年无休|无休|[:,;、。\s]+)"
    rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    r"|周(?P<first>[一二三四五六日天])-周?(?P<last>[一二三四五六日天])"
    r"|(?P<list>周[一二三四五六日天](?:[、,]?周?[一二三四五六日天])*)"
    r"|(?P<always>(?:全天)?(?:24|二十四)小时(?:营业)?|全天(?:营业)?)"
    rf"|(?P<span>{_CLOCK.format('start')}-{_CLOCK.format('end')})(?:营业)?"
    r"|(?P<off>休息|不营业|停业|歇业|关门)"
)
_AFTERNOON = ("中午", "下午", "傍晚", "晚上", "晚")


def hours_text(text: str) -> str:
    """Return opening hours as OpenStreetMap spells them, "" for none; Chinese is understood.

    Raises Invalid ``bad_hours``.

    >>> hours_text("周一至周五 8:30-21:00，周六日9:00～20:00；法定节假日休息")
    'Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00; PH off'
    >>> hours_text("24小时营业"), hours_text("8:00-22:00"), hours_text("早上8点到晚上9点半")
    ('24/7', '08:00-22:00', '08:00-21:30')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return ""
    return written(hours(_osm(plain) if re.search(r"[\u4e00-\u9fff]", plain) else plain))


def _osm(text: str) -> str:
    """Return a Chinese text as rules."""
    plain = re.sub(r"\s*(?:至|到|[‐-―~−-])+\s*", "-", re.sub("星期|礼拜", "周", text))
    plain = re.sub("[()]", " ", plain)
    rules: list[tuple[list[str], list[str]]] = [([], [])]
    at = 0
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if token is None:
            raise Invalid("bad_hours", value=plain[at:])
        _add(rules, token)
        at = token.end()
    return "; ".join(" ".join(filter(None, (",".join(filter(None, rule[0])), ",".join(rule[1])))) for rule in rules)


def _add(rules: list[tuple[list[str], list[str]]], token: re.Match[str]) -> None:
    """Let a token say more of the last rule, or begin the next one: days after times do."""
    days, times = _days(token), _times(token)
    if days is not None:
        if rules[-1][1]:
            rules.append(([], []))
        rules[-1][0].append(days)
    elif times:
        rules[-1][1].append(times)


def _days(token: re.Match[str]) -> str | None:
    """Return the days a token names, "" for every day; None when it names none."""
    if token["word"]:
        return _WORDS[token["word"]]
    if token["first"]:
        return f"{_NAMES[_NUMBERS[token['first']]]}-{_NAMES[_NUMBERS[token['last']]]}"
    if token["list"]:
        return ",".join(_NAMES[_NUMBERS[one]] for one in token["list"] if one in _NUMBERS)
    return None


def _times(token: re.Match[str]) -> str:
    """Return the times a token names, "" when it names none."""
    if token["always"]:
        return "00:00-24:00"
    if token["off"]:
        return "off"
    return f"{_clock(token, 'start')}-{_clock(token, 'end')}" if token["span"] else ""


def _clock(token: re.Match[str], end: str) -> str:
    """Return one end of a span as HH:MM."""
    hour, more = int(token[end]), token[f"{end}_more"] or ""
    past = token[f"{end}_past"] or {"": "00", "半": "30"}.get(more, more.rstrip("分"))
    return f"{hour + 12 * _is_late(token, end, hour):02d}:{past}"


def _is_late(token: re.Match[str], end: str, hour: int) -> bool:
    """Say whether an hour is counted from noon; one without a word of its own is when it follows on the first."""
    half, begins = token[f"{end}_half"], int(token["start"])
    if half is None and end == "end" and token["start_half"] in _AFTERNOON and begins < hour:
        half = token["start_half"]
    return half in _AFTERNOON and (hour < 11 or (hour == 11 and half != "中午") or (hour == 12 and "晚" in half))
