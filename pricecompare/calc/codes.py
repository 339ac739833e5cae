"""National codes: each function returns the normalised code or raises `Invalid` (domain.md, "Codes").

Normalised means NFKC (full-width digits and letters become plain ones), without surrounding blanks, in capitals.
"""

import re
import unicodedata

from pricecompare.errors import Invalid

_DRUG = re.compile(r"X[A-Z][0-9]{2}[A-Z]{3}[0-9]{3}[A-Z][0-9]{12}|Z[A-Z][0-9]{2}[A-Z]{3}[0-9]{13}")
_DRUG_LENGTHS = {"X": 23, "Z": 20}
_STANDARD = re.compile(r"869[0-9]{11}")
_APPROVAL = re.compile(r"国药准字[HZSBTFJ][JC]?[0-9]{8}")
_BARCODE = re.compile(r"[0-9]{8}|[0-9]{12,13}")
_PHARMACY = re.compile(r"P[0-9]{11}")
_REGION = re.compile(r"([1-9][0-9]{5})(?:0{6})?")
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")


def drug_code(text: str) -> str:
    """Return a national drug code (国家医保药品编码): 23 characters with X, or 20 with Z for Chinese patent medicines.

    Raises `Invalid`: drug_code_length when it was cut or has something added, else bad_drug_code.

    >>> drug_code(" xj01caa040a001010102699 ")
    'XJ01CAA040A001010102699'
    """
    # Nearly every code is written as it should be.
    if _DRUG.fullmatch(text):
        return text
    code = _plain(text)
    if _DRUG.fullmatch(code):
        return code
    if len(code) != _DRUG_LENGTHS.get(code[:1], len(code)):
        raise Invalid("drug_code_length", value=text, length=len(code))
    raise Invalid("bad_drug_code", value=text)


def same_product(code: str) -> str | None:
    """Return what all packs of one product share: generic, form, spec and maker of a normalised western drug code.

    None for a Chinese patent medicine, whose code has no published parts.

    >>> same_product("XA01ABD075A002010100594") == same_product("XA01ABD075A002010200594")
    True
    """
    return code[:16] + code[18:] if code.startswith("X") else None


def standard_code(text: str) -> str:
    """Return a drug standard code (药品本位码): 14 digits, 869 first, a GS1 mod-10 check digit last.

    Raises `Invalid`: bad_standard_code, standard_code_check_digit.

    >>> standard_code("86900594000342")
    '86900594000342'
    """
    code = _matched(_STANDARD, text, "bad_standard_code")
    if not _mod_10_agrees(code):
        raise Invalid("standard_code_check_digit", value=text)
    return code


def maker_agrees(standard_code: str, drug_code: str) -> bool:
    """Return whether two normalised codes name the same maker; a difference is worth a warning, not a refusal.

    >>> maker_agrees("86900594000342", "XA01ABD075A002010100594")
    True
    """
    return standard_code[3:8] == drug_code[-5:]


def approval_number(text: str) -> str:
    """Return an approval number (国药准字) without inner blanks; it is no price key, as it covers several packs.

    Raises `Invalid` (bad_approval_number).

    >>> approval_number("国药准字 h20010492")
    '国药准字H20010492'
    """
    return _matched(_APPROVAL, "".join(text.split()), "bad_approval_number")


def barcode(text: str) -> str:
    """Return a retail barcode: EAN-13 or EAN-8; a UPC-A of 12 digits becomes the EAN-13 it stands for.

    Raises `Invalid`: bad_barcode, barcode_check_digit (GS1 mod-10).

    >>> barcode("6901234567892"), barcode("036000291452")
    ('6901234567892', '0036000291452')
    """
    code = _matched(_BARCODE, text, "bad_barcode")
    if not _mod_10_agrees(code):
        raise Invalid("barcode_check_digit", value=text)
    return "0" + code if len(code) == 12 else code


def pharmacy_code(text: str) -> str:
    """Return a designated pharmacy's code (定点零售药店代码): P, six digits of a region, five of a serial number.

    Raises `Invalid`: pharmacy_code_letters for a letter where a digit belongs or one too many, else bad_pharmacy_code.

    >>> pharmacy_code("ｐ99010000001")
    'P99010000001'
    """
    code = _plain(text)
    if _PHARMACY.fullmatch(code):
        return code
    misread = re.fullmatch("P[0-9A-Z]*[A-Z][0-9A-Z]*", code)
    raise Invalid("pharmacy_code_letters" if misread else "bad_pharmacy_code", value=text)


def region_code(text: str) -> int:
    """Return a region's six-digit code as a number; the twelve digits of statistics (…000000) are cut to six.

    Raises `Invalid` (bad_region_code). Whether there is such a region is not asked.

    >>> region_code("990100"), region_code("990100000000")
    (990100, 990100)
    """
    found = _REGION.fullmatch(_plain(text))
    if not found:
        raise Invalid("bad_region_code", value=text)
    return int(found[1])


def uscc(text: str) -> str:
    """Return a unified social credit code (统一社会信用代码, GB 32100): 18 characters, the last one a check.

    Raises `Invalid`: bad_uscc, uscc_check_character.

    >>> uscc("9131010100000000t0")
    '9131010100000000T0'
    """
    code = _matched(_USCC, text, "bad_uscc")
    total = sum(_USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    if code[17] != _USCC_ALPHABET[-total % 31]:
        raise Invalid("uscc_check_character", value=text)
    return code


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


def _matched(form: re.Pattern[str], text: str, refusal: str) -> str:
    """Return `text` normalised; raise `Invalid` with the code `refusal` unless all of it has the `form`."""
    code = _plain(text)
    if not form.fullmatch(code):
        raise Invalid(refusal, value=text)
    return code


def _mod_10_agrees(digits: str) -> bool:
    """Return whether the last digit is the GS1 check digit: weights 3 and 1 in turn, 3 next to the check digit."""
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[0::2]) + 3 * sum(values[1::2])) % 10 == 0


def flag_name(pharmacy_id: int, drug_id: int, kind: str) -> str:
    """Return the name of a flag: one for each price of one pharmacy, the same however often it is flagged.

    >>> flag_name(17, 203, "listed")
    '17-203-listed'
    """
    return f"{pharmacy_id}-{drug_id}-{kind}"
