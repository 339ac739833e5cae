"""Invented names, by number: the same number always gives the same name."""

PROVINCE = "云泽省"

CITIES = "云泽 澜川 岚溪 栖川 沐岭 芷汀 临漪 槐渚 青屿 霁原".split()

MAIN_DISTRICTS = ("青石区", "望月区", "临湖区", "松岗区")
NEIGHBOUR_DISTRICTS = ("东屏区", "石桥县")

_STREETS = (
    "青石路 望月街 桂影路 松涛路 兰亭街 石桥路 荷塘街 长堤路 梧桐街 枫林路 "
    "听泉路 云溪街 竹影路 丹枫街 古渡路 晓月街 柳浪路 书院街 东篱路 南浦街"
).split()

_FIRST = "泽 岚 澜 芷 沐 栖 槐 霁 漪 菖 蘅 栀 朔 筠 樾 沅".split()
_SECOND = "和 康 安 宁 济 仁 民 春 元 德 益 禾".split()


def city_name(number: int) -> str:
    """Return the name of a city, 0 the main one; beyond the list the names are numbered."""
    return f"{CITIES[number]}市" if number < len(CITIES) else f"第{number + 1}市"


def brand_word(number: int) -> str:
    """Return a word of two characters (192 of them), then words with a third: 2,304 different ones.

    >>> brand_word(0), brand_word(17), brand_word(192)
    ('泽和', '岚康', '泽和康')
    """
    first, second = _FIRST[number % 16], _SECOND[number // 16 % 12]
    third = "" if number < 192 else _SECOND[number // 192 % 12]
    return first + second + third


def street(number: int) -> str:
    """Return the name of a street; there are twenty."""
    return _STREETS[number % len(_STREETS)]
