"""The words that rows, questions and answers may use where they have to choose."""

KINDS = ("listed", "insured", "online")
"""Kinds of price, never mixed in one statistic: 挂牌/备案, 医保结算, O2O 即送价."""

DATUMS = ("wgs84", "gcj02", "bd09")
"""Coordinate systems a coordinate may be given in; WGS-84 is the stored one."""

STOCKS = ("unknown", "in", "out")
"""Stock levels; the position of each is the number stored where packs were not counted."""

MODES = ("changes", "full")
"""What a file of prices is: changes, or whole lists, of which what is missing is not sold any more."""

STATES = ("waiting", "failed", "taken", "quarantined", "rejected", "retracted")
"""What became of an upload."""

SERVICES = ("24h", "dual_channel", "e_prescription", "mobile_payment")
"""What a pharmacy may offer: open around the clock, 双通道, 电子处方, 移动支付."""

SORTS = ("price", "distance", "value")
"""What offers may be ranked by: cheapest, nearest or best value first."""

COMPARES = ("sku", "product", "generic")
"""What is compared: one pack, all packs of a product, or all makers of a generic, form and specification."""


GROUPS = ("product", "none")
"""What is one item of a search: all packs of a product, or each pack."""

PRESCRIPTIONS = ("rx", "otc")
"""Whether a drug needs a prescription."""

CLASSES = ("high", "error_high", "error_low")
"""Classes of abnormal prices: overpriced, and the two kinds of probable data error."""
