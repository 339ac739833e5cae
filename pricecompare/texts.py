"""Every sentence an error can say: stable code → (English, Chinese). Codes are never renamed or reused."""

TEXTS: dict[str, tuple[str, str]] = {
    # values
    "missing_value": ("This value is missing.", "此项不能为空。"),
    "bad_number": ("{value!r} is not a number.", "{value!r} 不是数字。"),
    "bad_choice": ("{value!r} is not one of {choices}.", "{value!r} 不在可选值 {choices} 之中。"),
    "bad_price": (
        "{value!r} is not a price: write yuan with at most two decimals, such as 12.50.",
        "{value!r} 不是有效价格：请填写以元为单位、最多两位小数的数字，例如 12.50。",
    ),
    "price_not_positive": (
        "A price must be above zero, not {value!r}.",
        "价格必须大于零，不能是 {value!r}。",
    ),
    "price_too_high": (
        "{value!r} is above the highest price taken, {limit} yuan.",
        "{value!r} 超过系统接受的最高价格 {limit} 元。",
    ),
    # places
    "unknown_region": ("There is no region {value!r}.", "没有代码为 {value!r} 的区划。"),
}
