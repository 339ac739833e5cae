"""Drugs in several packs and from several makers."""

from pricecompare.models import Drug


def capsule(number: int, *, pack: int, maker: str = "甲", spec: str = "0.25g", **more) -> Drug:
    """Return capsules: equal in code but for the numbers of the spec, the pack and the maker."""
    told = {"brand": "", "form": "胶囊剂", "unit": "粒", "pack_unit": "盒", "name": "阿莫西林胶囊"} | more
    strength = {"0.25g": 1, "250mg": 1, "0.5g": 2}.get(spec, 9)
    code = f"XJ01CAA501A001{strength:02d}{number:02d}{ord(maker) % 100_000:05d}"
    return drug(number, code, spec=spec, pack_count=pack, maker=maker, **told)


def drug(number: int, code: str, **told) -> Drug:
    empty = dict.fromkeys(("approval_no", "standard_code", "barcode", "insurance_class", "prescription", "brand"), "")
    return Drug(**{"id": number, "code": code, **empty, **told})


DRUGS = [
    capsule(1, pack=24),
    capsule(2, pack=48),
    capsule(3, pack=36),
    capsule(4, pack=24, maker="乙", spec="250mg", brand="好药"),
    capsule(5, pack=12, maker="乙"),
    capsule(6, pack=24, spec="0.5g"),
    capsule(7, pack=24, maker="乙", spec="0.25g（2号规格）"),
    capsule(8, pack=24, maker="丙", form="片剂", unit="片", name="阿莫西林片"),
]
PRODUCT = {1: {1, 2, 3}, 4: {4, 5}, 6: {6}, 7: {7}, 8: {8}}
GENERIC = {1: {1, 2, 3, 4, 5}, 4: {1, 2, 3, 4, 5}, 6: {6}, 7: {7}, 8: {8}}
