"""Lines under a table that are no rows of it: totals, who prepared and checked it, when it was printed."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

WORDS = """合计 总计 小计 共计 累计 总合计 本页合计 本页小计 制表 制表人 制表时间 制表日期 填表人 填报人 审核 审核人
    复核人 负责人 打印人 打印时间 打印日期 导出时间 导出日期 total totals sub-total subtotal sum""".split()
PHRASES = ("grand total", "prepared by", "checked by", "approved by", "printed at", "printed on", "print date")
BEGINS = re.compile(rf"({'|'.join(map(re.escape, (*WORDS, *PHRASES)))})\s*(?:[:(\s].*)?", re.IGNORECASE | re.DOTALL)
DATED = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}(?:\D.*)?", re.DOTALL)
SPACED = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""Between the characters of a word that is spread over its cell."""
MARKED = re.compile(r"[0-9A-Za-z]")


def is_footer(cells: Sequence[Any], ours: Sequence[Any]) -> bool:
    """Say whether a row is a line under the table: it begins with such a word, and no code or price stands in it.

    `ours` are the cells under columns that are read. A code or a price is whatever there has a digit or a Latin letter
    and neither begins with such a word nor is a day.

    >>> is_footer(["合计：", "", ""], ["合计：", ""]), is_footer(["制表人", "李四", ""], ["制表人", "李四"])
    (True, True)
    >>> is_footer(["合　　计：", "", ""], ["合　　计：", ""]), is_footer(["合 计 药店", "", ""], ["合 计 药店", ""])
    (True, False)
    >>> is_footer(["合计", "", "1234.50"], ["合计", "1234.50"]), is_footer(["Totalan", "", ""], ["Totalan", ""])
    (False, False)
    """
    first = next((text for cell in cells if (text := _plain(cell))), "")
    return _begins(first) and not any(_tells(_plain(cell)) for cell in ours)


def _plain(cell: Any) -> str:
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def _begins(text: str) -> bool:
    return any(BEGINS.fullmatch(one) for one in (text, SPACED.sub("", text)))


def _tells(text: str) -> bool:
    """Say whether a text may be a code or a price."""
    return bool(MARKED.search(text)) and not _begins(text) and not DATED.fullmatch(text)
