"""The shape of every row that comes in: what it must have, how each value is read, and what files call it."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema

from pricecompare.calc import codes, days, money, standards
from pricecompare.models import BASES, DATUMS, KINDS
from pricecompare.schemas import values
from pricecompare.schemas.values import Read, of_text

LEVELS = {
    **{level: level for level in ("province", "city", "county")},
    "省": "province", "市": "city", "县": "county", "区": "county",
}  # fmt: skip
YES_NO = {"1": True, "yes": True, "true": True, "是": True, "0": False, "no": False, "false": False, "否": False}
KIND_NAMES = {
    **{kind: KINDS.index(kind) for kind in KINDS},
    "挂牌": 0, "挂牌价": 0, "备案": 0, "备案价": 0, "零售价": 0,
    "医保": 1, "医保价": 1, "医保结算": 1, "医保结算价": 1,
    "即送价": 2, "线上": 2, "o2o": 2,
}  # fmt: skip
DATUM_NAMES = {
    **{datum: datum for datum in DATUMS},
    "wgs-84": "wgs84", "gps": "wgs84", "gcj-02": "gcj02", "高德": "gcj02", "腾讯": "gcj02",
    "bd-09": "bd09", "百度": "bd09",
}  # fmt: skip
HAS = {**YES_NO, "有": True, "已开通": True, "2": False, "3": False, "未开通": False, "无": False, "": False}
"""Whether a pharmacy has a service; the public record has 1 for what is in use, 2 and 3 for what is not (yet)."""
HOLIDAYS = {
    "holiday": "holiday", "节假日": "holiday", "放假": "holiday", "休": "holiday",
    "workday": "workday", "调休": "workday", "上班": "workday", "补班": "workday", "班": "workday",
    "usual": "usual", "正常": "usual",
}  # fmt: skip
CLASSES = {"甲": "甲", "甲类": "甲", "乙": "乙", "乙类": "乙", "": "", "自费": "", "丙": ""}
PRESCRIPTIONS = {
    "rx": "rx", "处方药": "rx", "是": "rx", "": "",
    "otc": "otc", "非处方药": "otc", "甲类otc": "otc", "乙类otc": "otc", "否": "otc",
}  # fmt: skip

PHARMACY = """pharmacy_code 定点零售药店代码 rtalPhacCode 药店编码 药店代码 机构编码 定点医药机构编码
    定点药店编码 定点药店代码 fixmedins_code code""".split()
DRUG = """drug_code 药品代码 国家医保药品编码 药品统一编码 医保编码 医保药品编码 医保药品代码
    国家医保编码 国家医保代码 医保代码 goodscode nhsa_code med_list_codg code""".split()
DRUG_NAME = "generic_name 注册名称 registeredproductname 产品名称 药品名称 通用名 name".split()
BASIS_NAMES = {
    **{basis: basis for basis in BASES},
    "集采": "vbp", "集采中选": "vbp", "带量采购": "vbp", "国家集采": "vbp",
    "谈判": "negotiated", "国家谈判": "negotiated", "国谈": "negotiated",
    "竞价": "bid", "竞价准入": "bid", "其他": "other",
}  # fmt: skip

STANDARD = "standard 医保支付标准 支付标准 payment_standard 中选价 最小包装挂网价".split()
INSURANCE = "insurance_class 甲乙类 医保报销种类 productinsurancetype".split()


class Row(Schema):
    """One row of a file or message; columns it does not know are passed over."""

    class Meta:
        """Options of marshmallow."""

        unknown = EXCLUDE

    declared: ClassVar[tuple[str, ...]] = ()
    """Fields that may be given once for a whole file instead of in a column."""

    telling: ClassVar[tuple[str, ...]] = ()
    """Fields that a file may do without, but which tell what it is."""


class RegionRow(Row):
    """One administrative or insurance region."""

    code = Read(of_text(codes.region_code), "code", "区划代码", "adcode", "admdvs", "代码", required=True)
    name = Read(values.name, "name", "区划名称", "名称", required=True)
    parent = Read(of_text(codes.region_code), "parent", "上级代码", load_default=None)
    level = Read(values.choice(LEVELS), "level", "级别", load_default=None)
    pooling = Read(values.choice(YES_NO), "pooling", "统筹区", load_default=None)


class DrugRow(Row):
    """One pack of one product, as the national drug table has it."""

    code = Read(of_text(codes.drug_code), *DRUG, required=True)
    name = Read(values.name, *DRUG_NAME, required=True)
    brand = Read(values.text, "brand", "商品名称", "商品名", "goodsname", load_default="")
    form = Read(values.text, "form", "注册剂型", "registeredmedicinemodel", "剂型", load_default="")
    spec = Read(values.text, "spec", "注册规格", "registeredoutlook", "规格", load_default="")
    pack_count = Read(values.count, "pack_count", "最小包装数量", "factor", doubt="drop", load_default=None)
    unit = Read(values.text, "最小制剂单位", "minunit", "unit", load_default="")
    pack_unit = Read(values.text, "pack_unit", "最小包装单位", "unit", load_default="")
    maker = Read(values.text, "maker", "药品企业", "生产企业", "companynamesc", load_default="")
    approval_no = Read(
        values.code(codes.approval_number), "approval_no", "批准文号", "approvalcode", doubt="keep", load_default=""
    )
    standard_code = Read(
        values.code(codes.standard_code),
        "standard_code",
        "药品本位码",
        "goodsstandardcode",
        doubt="keep",
        load_default="",
    )
    barcode = Read(values.code(codes.barcode), "barcode", "商品条码", "条形码", "条码", doubt="keep", load_default="")
    insurance_class = Read(values.choice(CLASSES), *INSURANCE, doubt="drop", load_default="")
    prescription = Read(
        values.choice(PRESCRIPTIONS), "prescription", "处方类别", "处方药", doubt="drop", load_default=""
    )


class PharmacyRow(Row):
    """One designated pharmacy, as the public record has it."""

    declared = ("datum",)
    telling = ("name",)

    code = Read(of_text(codes.pharmacy_code), *PHARMACY, required=True)
    name = Read(values.name, "name", "medinsName", "药店名称", "机构名称", "名称", load_default=None)
    region = Read(of_text(codes.region_code), "region", "区划代码", "admdvs", load_default=None)
    address = Read(values.text, "address", "addr", "详细地址", "地址", load_default="")
    phone = Read(values.text, "phone", "tel", "联系电话", "电话", load_default="")
    chain = Read(values.text, "chain", "连锁企业", "连锁", load_default="")
    uscc = Read(values.code(codes.uscc), "uscc", "统一社会信用代码", doubt="keep", load_default="")
    lat = Read(values.number, "lat", "latitude", "纬度", means="number", load_default=None)
    lng = Read(values.number, "lng", "lnt", "longitude", "经度", means="number", load_default=None)
    datum = Read(values.choice(DATUM_NAMES), "coord_type", "坐标系", load_default=None)
    hours = Read(values.hours, "opening_hours", "hours", "营业时间", load_default="")
    services = Read(values.services, "services", "服务", "服务项目", load_default=frozenset())
    open_24h = Read(values.choice(HAS), "24h", "24小时营业", "24小时", load_default=False)
    dual_channel = Read(values.choice(HAS), "dual_channel", "双通道", "是否双通道", load_default=False)
    e_prescription = Read(values.choice(HAS), "e_prescription", "businessLvEpc", "电子处方", load_default=False)
    mobile_payment = Read(values.choice(HAS), "mobile_payment", "businessLvMpc", "移动支付", load_default=False)
    closed_on = Read(values.day, "closed_on", "关闭日期", "歇业日期", "注销日期", load_default=None)
    closed_from = Read(values.day, "closed_from", "暂停营业开始日期", "停业开始日期", load_default=None)
    closed_until = Read(values.day, "closed_until", "暂停营业结束日期", "停业结束日期", load_default=None)
    closed_reason = Read(values.text, "closed_reason", "暂停营业原因", "停业原因", load_default="")


class PriceRow(Row):
    """One price a pharmacy asks, when it was observed, and whether the drug is there."""

    declared = ("observed_at",)

    pharmacy = Read(of_text(codes.pharmacy_code), *PHARMACY, required=True)
    drug = Read(of_text(codes.drug_code), *DRUG, required=True)
    kind = Read(values.choice(KIND_NAMES), "kind", "价格类型", load_default=0)
    fen = Read(
        money.fen,
        "price",
        "价格",
        "零售价",
        "零售价格",
        "挂牌价",
        "售价",
        "单价",
        "最小包装挂网价",
        means="money",
        many=money.many_fen,
        required=True,
    )
    observed_at = Read(
        of_text(days.instant),
        "observed_at",
        "采集时间",
        "采集日期",
        "采价日期",
        "更新时间",
        "更新日期",
        "日期",
        means="moment",
        required=True,
    )
    stock = Read(values.stock, "stock", "库存", "库存状态", load_default=0)


class SaleRow(Row):
    """What a pharmacy sold of a drug in a month; returns are negative."""

    declared = ("month",)

    pharmacy = Read(of_text(codes.pharmacy_code), *PHARMACY, required=True)
    drug = Read(of_text(codes.drug_code), *DRUG, required=True)
    month = Read(of_text(days.month), "month", "月份", "date", "日期", means="month", required=True)
    quantity = Read(money.quantity, "quantity", "数量", "销售数量", "sel_retn_cnt", means="number", required=True)
    amount_fen = Read(money.amount_fen, "amount", "金额", "销售金额", means="money", required=True)


class GroupRow(Row):
    """Which product and which generic one drug belongs to, said by a person; nothing is what codes and names say."""

    drug = Read(of_text(codes.drug_code), *DRUG, required=True)
    product = Read(values.text, "product_group", "产品组", "同产品组", load_default="")
    generic = Read(values.text, "generic_group", "通用名组", "同通用名组", load_default="")
    reason = Read(values.name, "reason", "理由", "依据", required=True)
    who = Read(values.name, "who", "经办人", "确认人", required=True)


class CaseRow(Row):
    """A price that a person wants followed up, why, and who says so."""

    pharmacy = Read(of_text(codes.pharmacy_code), *PHARMACY, required=True)
    drug = Read(of_text(codes.drug_code), *DRUG, required=True)
    kind = Read(values.choice(KIND_NAMES), "kind", "价格类型", load_default=0)
    reason = Read(values.name, "reason", "理由", "依据", required=True)
    who = Read(values.name, "who", "经办人", "确认人", required=True)


class HolidayRow(Row):
    """One day that is not like others: a public holiday, or a Saturday or Sunday on which people work."""

    day = Read(values.day, "date", "日期", "day", required=True)
    name = Read(values.text, "name", "名称", "节日", load_default="")
    kind = Read(values.choice(HOLIDAYS), "kind", "类型", "类别", required=True)


class StandardRow(Row):
    """One payment standard (医保支付标准), as its own table or a province's sheet of listed prices has it.

    In such a sheet only rows that 是否集采中选 or 是否国家谈判 marks are standards.
    """

    declared = ("region", "since")

    drug = Read(of_text(codes.drug_code), *DRUG, required=True)
    region = Read(of_text(standards.region), "region", "区划代码", "统筹区", "省份", "admdvs", required=True)
    since = Read(of_text(standards.day), "since", "from", "执行日期", "生效日期", "开始日期", required=True)
    until = Read(of_text(standards.day), "until", "终止日期", "截止日期", "有效期至", "结束日期", load_default=None)
    amount = Read(standards.amount, *STANDARD, means="money", required=True, blank=(None, False))
    basis = Read(values.choice(BASIS_NAMES), "basis", "标准类型", "类别", load_default=None)
    vbp = Read(values.choice(YES_NO), "vbp", "是否集采中选", "集采中选", load_default=None)
    negotiated = Read(values.choice(YES_NO), "negotiated", "是否国家谈判", "国家谈判", load_default=None)
    confidential = Read(values.choice(YES_NO), "confidential", "是否价格保密", "价格保密", load_default=False)


ROWS: dict[str, type[Row]] = {
    "regions": RegionRow,
    "drugs": DrugRow,
    "pharmacies": PharmacyRow,
    "prices": PriceRow,
    "sales": SaleRow,
    "groups": GroupRow,
    "holidays": HolidayRow,
    "standards": StandardRow,
    "cases": CaseRow,
}
"""What can be imported."""

SENT = tuple(name for name in ROWS if name != "cases")
"""What senders may send over HTTP: a case accuses a pharmacy, and is opened by a regulator alone."""
