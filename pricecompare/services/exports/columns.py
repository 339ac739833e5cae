"""Columns that several lists share, with their headers in Chinese and English."""

from pricecompare.models.listing import Column

PHARMACY = (
    Column("pharmacy_code", "药店编码", "Pharmacy code", "code"),
    Column("pharmacy_name", "药店名称", "Pharmacy"),
    Column("district", "区县", "District"),
)
DRUG = (
    Column("drug_code", "国家药品代码", "National drug code", "code"),
    Column("drug_name", "药品名称", "Drug"),
    Column("form", "剂型", "Form"),
    Column("spec", "规格", "Strength"),
    Column("maker", "生产企业", "Maker"),
)
KIND = Column("kind", "价格类型", "Kind of price", "code")
