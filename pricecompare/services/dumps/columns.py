"""What stands in each column of a dump; names are those of the API, prices yuan, statistics fen with fractions."""

from pricecompare.models.listing import Column


def _column(name: str, zh: str, type: str = "text") -> Column:
    return Column(name, zh, name, type)


REGION = _column("region", "统筹区代码", "code")
PHARMACY = _column("pharmacy_code", "药店代码", "code")
DRUG = _column("drug_code", "药品代码", "code")
KIND = _column("kind", "价格类型", "code")

REGIONS = (
    _column("code", "代码", "code"),
    _column("name", "名称"),
    _column("level", "级别", "code"),
    _column("parent", "上级代码", "code"),
    _column("pooling", "是否统筹区", "truth"),
)

DRUGS = (
    _column("code", "药品代码", "code"),
    _column("id", "编号", "integer"),
    _column("name", "通用名"),
    _column("brand", "商品名"),
    _column("form", "剂型"),
    _column("spec", "规格"),
    _column("pack_count", "包装数量", "integer"),
    _column("unit", "最小制剂单位"),
    _column("pack_unit", "最小包装单位"),
    _column("maker", "生产企业"),
    _column("approval_no", "批准文号", "code"),
    _column("standard_code", "药品本位码", "code"),
    _column("barcode", "商品条码", "code"),
    _column("insurance_class", "甲乙类", "code"),
    _column("prescription", "处方类别", "code"),
    _column("product", "同一产品", "code"),
)

PHARMACIES = (
    _column("code", "药店代码", "code"),
    _column("id", "编号", "integer"),
    REGION,
    _column("district", "区县代码", "code"),
    _column("name", "名称"),
    _column("chain", "所属连锁"),
    _column("address", "地址"),
    _column("phone", "电话", "code"),
    _column("uscc", "统一社会信用代码", "code"),
    _column("lat", "纬度（WGS-84）", "ratio"),
    _column("lng", "经度（WGS-84）", "ratio"),
    _column("hours", "营业时间"),
    _column("services", "服务"),
    _column("closed_on", "歇业日期", "day"),
    _column("closed_from", "暂停营业起", "day"),
    _column("closed_until", "暂停营业止", "day"),
    _column("closed_reason", "暂停原因"),
)

OFFERS = (
    REGION,
    PHARMACY,
    DRUG,
    KIND,
    _column("price", "价格（元）", "money"),
    _column("stock", "库存", "code"),
    _column("stock_packs", "库存盒数", "integer"),
    _column("held", "待核", "truth"),
    _column("observed_at", "最近确认时间", "moment"),
)

CHANGES = (
    REGION,
    DRUG,
    KIND,
    PHARMACY,
    _column("since", "起始时间", "moment"),
    _column("price", "价格（元），空为下架", "money"),
    _column("held", "待核", "truth"),
    _column("upload", "来源批次", "integer"),
)

STATISTICS = (
    REGION,
    DRUG,
    KIND,
    _column("n", "计入价格数", "integer"),
    *(_column(name, zh, "ratio") for name, zh in (
        ("mean", "均价（分）"), ("median", "中位价（分）"), ("mad", "绝对中位差（分）"), ("q1", "下四分位（分）"),
        ("q3", "上四分位（分）"), ("low", "最低（分）"), ("high", "最高（分）"),
    )),
    _column("stale", "过期价格数", "integer"),
    _column("doubtful", "存疑价格数", "integer"),
)  # fmt: skip

FLAGS = (
    REGION,
    PHARMACY,
    DRUG,
    KIND,
    _column("class", "类别", "code"),
    _column("grade", "等级", "code"),
    _column("strong", "证据充分", "truth"),
    _column("price", "价格（元）", "money"),
    _column("observed_at", "采集时间", "moment"),
    _column("ref_median", "参照中位价（分）", "ratio"),
    _column("ref_mean", "参照均价（分）", "ratio"),
    _column("others", "参照价格数", "integer"),
    _column("ref_area", "参照范围", "code"),
    _column("ratio_median", "与中位价之比", "ratio"),
    _column("ratio_mean", "与均价之比", "ratio"),
    _column("z", "偏离程度", "ratio"),
    _column("factor", "疑似差错倍数", "ratio"),
    _column("rule", "规则", "code"),
    _column("text_zh", "说明（中文）"),
    _column("text_en", "说明（英文）"),
)

INDICES = (
    REGION,
    _column("month", "月份", "code"),
    PHARMACY,
    _column("index", "量价比较指数", "ratio"),
    _column("se", "标准误", "ratio"),
    _column("n_items", "比较品种数", "integer"),
    _column("n_eff", "有效品种数", "ratio"),
    _column("largest_weight", "最大权重", "ratio"),
    _column("coverage", "覆盖率", "ratio"),
    _column("turnover", "销售额（元）", "money"),
    _column("status", "状态", "code"),
    _column("method", "方法", "code"),
)
