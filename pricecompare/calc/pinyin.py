"""How drug names are pronounced: pypinyin, put right where it does not know the trade's readings."""

import re
from functools import lru_cache
from itertools import islice, product

READINGS = {
    # Herbs: pypinyin reads these as everyday words unless a longer phrase happens to be in its dictionary.
    "参": "shen",  # ginseng and its kin, never "take part" (can): 参苓白术散, 芪参益气
    "术": "zhu",  # the rhizome of 白术, 苍术, 莪术; not "art" (shu)
    "手术": "shou shu",
    "重楼": "chong lou",
    "川芎": "chuan xiong",
    "射干": "she gan",  # not the old place name ye gan; 注射干扰素 reads the same here
    "朴": "po",  # 厚朴, 广朴; not "plain" (pu)
    "薄": "bo",  # 薄荷, 薄芝
    "蛤": "ge",  # 蛤蚧, 蛤壳
    "蛤士蟆": "ha shi ma",
    "蛤蟆": "ha ma",
    "没药": "mo yao",
    "没食子": "mo shi zi",
    "豉": "chi",  # 淡豆豉, 豉翘; shi is no reading of it
    "荨麻": "xun ma/qian ma",  # 荨麻疹 is xun to everybody, the herb qian by the book
    "干坤": "qian kun",  # 乾坤 after traditional characters are folded
    "螵蛸": "piao xiao",
    "荜茇": "bi bo",
    "藏": "zang",  # 藏红花, 藏茵陈: of Tibet, not "hide" (cang)
    "都梁": "du liang",
    "还少": "huan shao",
    "阿归": "e gui",  # 阿胶 and 当归; 阿胶 itself pypinyin knows
    "茄": "qie",  # 番茄, 颠茄; not the jia of 雪茄
    "着": "zhuo",
    "佛": "fo",
    "仔": "zi/zai",  # 片仔癀: pian zi huang to its maker, zai to many customers
    "柏": "bai/bo",  # 黄柏 is huang bo in dictionaries and huang bai at the counter
    "壳": "qiao/ke",  # 枳壳, 罂粟壳 are qiao by the book
    "壳聚糖": "ke ju tang",
    "匮": "gui/kui",  # 金匮肾气丸
    # Substances.
    "炔": "que",  # 炔诺酮; gui is a surname
    "咯": "luo",  # 酮咯酸, 咯萘啶
    "咯血": "ka xue",
    "泊": "bo",  # 丙泊酚, 泊沙康唑; po is a lake
    "的": "di/de",  # 氢化可的松, 溴吡斯的明
    "得": "de",
    "脯": "fu/pu",  # 赖脯胰岛素
    "吖": "a/ya",
    "吡": "bi/pi",
    "伽": "jia/ga",
    "枸橼": "ju yuan/gou yuan",
    # Effects and kinds.
    "调": "tiao",  # 调经, 茶调: regulate or blend, not "tune" (diao)
    "长": "chang",  # 长春, 长效, 长链
    "生长": "sheng zhang",  # 生长激素, 生长因子
    "体重": "ti zhong",
    "给药": "ji yao/gei yao",
    "嚼": "jue/jiao",  # 咀嚼片: ju jue by the book, ju jiao to many
    "椎": "zhui",  # 颈椎; chui is a hammer
    "卒中": "cu zhong",
    "粘": "nian/zhan",
    "疟": "nve/nue",
    "略": "lve/lue",
}
"""Word → syllables; readings that people also type stand after a slash. The longest word that fits wins."""

_WORDS = re.compile("|".join(sorted(READINGS, key=len, reverse=True)))
_MOST_SPELLINGS = 8  # a name of several such words has few that anyone types


@lru_cache(maxsize=1 << 15)
def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to spell a name: per way one syllable for each character, ü as v, without tones.

    Characters that have no reading (digits, Latin letters) stand for themselves. The usual way comes first; at most
    eight are given. Source: pypinyin's dictionary and `READINGS`.

    >>> spellings("参苓白术散")
    (('shen', 'ling', 'bai', 'zhu', 'san'),)
    >>> spellings("枳壳a4")
    (('zhi', 'qiao', 'a', '4'), ('zhi', 'ke', 'a', '4'))
    """
    choices: list[tuple[str, ...]] = [
        (syllable or character,) for character, syllable in zip(name, _syllables(name), strict=True)
    ]
    for word in _WORDS.finditer(name):
        choices[word.start() : word.end()] = _readings(word.group())
    return tuple(islice(product(*choices), _MOST_SPELLINGS))


def _readings(word: str) -> list[tuple[str, ...]]:
    """Return what each character of an entry of `READINGS` may be read as, without repetition."""
    ways = [way.split() for way in READINGS[word].split("/")]
    return [tuple(dict.fromkeys(syllables)) for syllables in zip(*ways, strict=True)]


def _syllables(name: str) -> list[str]:
    """Return one syllable per character as pypinyin reads the whole name."""
    # Its tables take 56 MB, which an export, an import or a rebuild need not have; a server loads them as it starts.
    from pypinyin import Style, lazy_pinyin

    # pypinyin takes a list as well, though its types do not say so: one piece per character.
    return lazy_pinyin(name, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
