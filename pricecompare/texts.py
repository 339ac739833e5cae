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
    # money and quantities
    "price_too_many_decimals": (
        "{value!r} has more than two decimals: a price is a whole number of fen, such as 12.35.",
        "{value!r} 的小数超过两位：价格须精确到分，例如 12.35。",
    ),
    "price_decimal_comma": (
        "{value!r} has a comma: write a point before the decimals and nothing between thousands.",
        "{value!r} 含有逗号：小数点请用“.”，千位之间不要加分隔符。",
    ),
    "price_with_currency": (
        "{value!r} carries a currency: write the number of yuan alone, such as 12.50.",
        "{value!r} 带有货币符号或单位：请只填写以元为单位的数字，例如 12.50。",
    ),
    "bad_amount": (
        "{value!r} is not an amount: write yuan with at most six decimals, such as 12.50 or -12.50 for a return.",
        "{value!r} 不是有效金额：请填写以元为单位、最多六位小数的数字，例如 12.50；退货填 -12.50。",
    ),
    "amount_too_high": (
        "{value!r} is beyond the largest amount taken, {limit} yuan.",
        "{value!r} 超过系统接受的最大金额 {limit} 元。",
    ),
    "bad_quantity": (
        "{value!r} is not a number of packs: write at most four decimals, such as 2 or 0.25, or -2 for a return.",
        "{value!r} 不是有效数量：请填写最多四位小数的盒数，例如 2 或 0.25；退货填 -2。",
    ),
    # codes
    "bad_drug_code": (
        "{value!r} is not a national drug code: X and 22 more characters, or Z and 19 for Chinese patent medicines.",
        "{value!r} 不是国家医保药品编码：西药为 X 开头共 23 位，中成药为 Z 开头共 20 位。",
    ),
    "drug_code_length": (
        "{value!r} has {length} characters: a drug code has 23 with X, and 20 with Z. Was it cut or added to?",
        "{value!r} 共 {length} 位：X 开头的药品编码应为 23 位，Z 开头的应为 20 位，请检查是否缺位或多位。",
    ),
    "bad_standard_code": (
        "{value!r} is not a drug standard code: 14 digits that begin with 869.",
        "{value!r} 不是药品本位码：应为 869 开头的 14 位数字。",
    ),
    "standard_code_check_digit": (
        "The check digit of the drug standard code {value!r} does not fit: one of its digits is wrong.",
        "药品本位码 {value!r} 的校验位不符：其中有数字写错。",
    ),
    "bad_approval_number": (
        "{value!r} is not an approval number: 国药准字, one or two letters and eight digits.",
        "{value!r} 不是有效批准文号：应为“国药准字”加一至两个字母和 8 位数字。",
    ),
    "bad_barcode": (
        "{value!r} is not a barcode: 13 digits, or 8 or 12 on some packs.",
        "{value!r} 不是商品条码：应为 13 位数字（部分包装为 8 位或 12 位）。",
    ),
    "barcode_check_digit": (
        "The check digit of the barcode {value!r} does not fit: one of its digits is wrong.",
        "商品条码 {value!r} 的校验位不符：其中有数字写错。",
    ),
    "bad_pharmacy_code": (
        "{value!r} is not a pharmacy code: P and 11 digits, of which the first six are the region.",
        "{value!r} 不是定点零售药店代码：应为 P 加 11 位数字，前 6 位为区划代码。",
    ),
    "pharmacy_code_letters": (
        "{value!r} has a letter too many: only digits follow the P. Is there an O for a 0, or an I for a 1?",
        "{value!r} 多了字母：P 之后只能是数字，请检查是否把 0 写成 O、把 1 写成 I。",
    ),
    "bad_region_code": (
        "{value!r} is not a region code: six digits, or those six and 000000.",
        "{value!r} 不是区划代码：应为 6 位数字，或这 6 位数字后加 000000。",
    ),
    "bad_uscc": (
        "{value!r} is not a unified social credit code: 18 digits and capital letters other than I, O, S, V, Z.",
        "{value!r} 不是统一社会信用代码：应为 18 位数字或大写字母（不含 I、O、S、V、Z）。",
    ),
    "uscc_check_character": (
        "The last character of the unified social credit code {value!r} does not fit: one of the 18 is wrong.",
        "统一社会信用代码 {value!r} 的校验位不符：18 位中有一位写错。",
    ),
    # coordinates
    "bad_latitude": (
        "{value!r} is not a latitude: -90 to 90 degrees. Were latitude and longitude swapped?",
        "{value!r} 不是有效纬度：应在 -90 至 90 度之间，请检查是否与经度颠倒。",
    ),
    "bad_longitude": (
        "{value!r} is not a longitude: -180 to 180 degrees.",
        "{value!r} 不是有效经度：应在 -180 至 180 度之间。",
    ),
    "unknown_datum": (
        "{value!r} is not a coordinate system that is known here: {choices}.",
        "{value!r} 不是可识别的坐标系：{choices}。",
    ),
    # places
    "unknown_region": ("There is no region {value!r}.", "没有代码为 {value!r} 的区划。"),
    # days
    "bad_date": (
        "{value!r} is not a date: write 2026-10-28 or 2026-10-28T09:30:00+08:00.",
        "{value!r} 不是有效日期：请写作 2026-10-28 或 2026-10-28T09:30:00+08:00。",
    ),
    "bad_month": ("{value!r} is not a month: write 2026-10.", "{value!r} 不是有效月份：请写作 2026-10。"),
    # database
    "no_driver": (
        "PostgreSQL needs the extra pricecompare[postgres]: {reason}",
        "使用 PostgreSQL 需要安装扩展 pricecompare[postgres]：{reason}",
    ),
    "integrity": ("The database refused a row: {reason}", "数据库拒绝了一行数据：{reason}"),
    "database_unusable": (
        "The database {database!r} cannot be used: {reason}",
        "数据库 {database!r} 无法使用：{reason}",
    ),
    "no_database": (
        "There is no pricecompare database at {database!r}; create one with: pricecompare --db {database} init",
        "{database!r} 处没有 pricecompare 数据库；请先执行：pricecompare --db {database} init",
    ),
    "database_exists": (
        "There is a pricecompare database at {database!r} already; it was left as it is.",
        "{database!r} 处已有 pricecompare 数据库，未作任何改动。",
    ),
    "other_schema": (
        "The database {database!r} has schema version {found}, this program needs {wanted}: use the pricecompare "
        "that made it, or create a new database with `pricecompare init` and import again.",
        "数据库 {database!r} 的结构版本是 {found}，本程序需要 {wanted}：请使用创建它的程序版本，"
        "或用 `pricecompare init` 新建数据库后重新导入。",
    ),
    # invented worlds
    "bad_world_size": (
        "A world cannot have {value} {what}: give a number from 1 to {limit}.",
        "虚构数据的 {what} 数不能是 {value}：请填写 1 到 {limit} 之间的数。",
    ),
    # rows
    "bad_count": ("{value!r} is not a number of units in a pack.", "{value!r} 不是有效的包装数量。"),
    "bad_stock": (
        "{value!r} is not a stock state: write in, out or the number of packs.",
        "{value!r} 不是有效的库存状态：请填写有货、无货或库存盒数。",
    ),
    "missing_columns": (
        "The file lacks the column {columns}; it has: {found}.",
        "文件缺少列 {columns}；现有列：{found}。",
    ),
    "too_many_cells": (
        "This row has {found} cells, the header has {wanted}.",
        "本行有 {found} 个单元格，而表头只有 {wanted} 个。",
    ),
    "unknown_pharmacy": ("There is no pharmacy {value!r}.", "没有代码为 {value!r} 的药店。"),
    "unknown_drug": ("There is no drug {value!r}.", "没有代码为 {value!r} 的药品。"),
    "date_in_future": ("{value} is in the future.", "{value} 是将来的时间。"),
    "conflicting_rows": (
        "Rows {rows} give the same pharmacy, drug, kind and time different prices; none of them was taken.",
        "第 {rows} 行对同一药店、药品、价格类型和时间给出了不同价格，均未采用。",
    ),
    "duplicate_code": (
        "Rows {rows} give the same code different contents; none of them was taken.",
        "第 {rows} 行的代码相同而内容不同，均未采用。",
    ),
    "half_a_coordinate": (
        "Latitude and longitude must be given together.",
        "纬度和经度必须同时填写。",
    ),
    "datum_missing": (
        "Say in which coordinate system the coordinates are: a column coord_type or the option --coord-type "
        "(wgs84, gcj02 or bd09).",
        "请说明坐标系：增加 coord_type 列，或使用选项 --coord-type（wgs84、gcj02 或 bd09）。",
    ),
    "zero_coordinates": (
        "Latitude and longitude are both 0, which is a placeholder: the pharmacy was taken without coordinates.",
        "纬度和经度都是 0，应为占位值：该药店已按无坐标收录。",
    ),
    "no_pooling_region": (
        "No pooling region is known for {value!r}: import its regions first.",
        "找不到 {value!r} 所属的统筹区：请先导入区划。",
    ),
    "unknown_parent": ("There is no region {value!r} to be the parent.", "上级区划 {value!r} 不存在。"),
    "region_by_prefix": (
        "District {value} is not known; the pharmacy was put under {used}.",
        "区划 {value} 不存在，该药店已归入 {used}。",
    ),
    "maker_differs": (
        "Digits 4 to 8 of the standard code {standard} are not the maker's number in the drug code.",
        "药品本位码 {standard} 的第 4 至 8 位与药品编码中的企业代码不一致。",
    ),
    "nothing_to_import": ("{value!r} cannot be imported; choose one of {choices}.", "{value!r} 不能导入，可选：{choices}。"),
    # files
    "no_such_file": ("There is no file {value!r}.", "没有文件 {value!r}。"),
    "not_a_file": ("{value!r} is not a file that can be opened.", "{value!r} 不是可以打开的文件。"),
    "empty_file": ("The file is empty.", "文件是空的。"),
    "file_too_large": (
        "The file has {found} MB; at most {limit} are taken.",
        "文件有 {found} MB，最多接受 {limit} MB。",
    ),
    "no_rows": ("The file has no rows below its header.", "文件中除表头外没有数据行。"),
    "html_file": (
        "This is a web page (or XML), not a table: download the file again, or save it as .xlsx or CSV.",
        "这是网页（或 XML）而不是表格：请重新下载，或另存为 .xlsx 或 CSV。",
    ),
    "not_text": (
        "This is neither a CSV, XLSX nor JSON table but another kind of file.",
        "这不是 CSV、XLSX 或 JSON 表格，而是其他类型的文件。",
    ),
    "nul_bytes": (
        "Line {line} has NUL characters: the file is damaged or no text; save it again as CSV UTF-8.",
        "第 {line} 行含有空字符（NUL）：文件已损坏或不是文本，请重新另存为 CSV UTF-8。",
    ),
    "unknown_encoding": (
        "The text is neither UTF-8 nor GB18030 (GBK): save it as CSV UTF-8.",
        "文本既不是 UTF-8 也不是 GB18030（GBK）编码：请另存为 CSV UTF-8。",
    ),
    "broken_utf8": (
        "The text is UTF-8 but damaged or cut off: fetch or save it again.",
        "文本是 UTF-8 编码，但已损坏或不完整：请重新获取或保存。",
    ),
    "wrong_encoding": ("The text cannot be read as {value}.", "无法按 {value} 编码读取文本。"),
    "line_too_long": (
        "Line {line} has more than {limit} characters: this is not a table.",
        "第 {line} 行超过 {limit} 个字符：这不是表格。",
    ),
    "unclosed_quote": (
        "A quotation mark in the row that starts in line {line} is not closed; rows after it would be lost.",
        "从第 {line} 行开始的记录中有引号没有闭合，其后的数据会丢失。",
    ),
    "duplicate_columns": ("Two columns are called {value!r}.", "有两列都叫 {value!r}。"),
    "too_many_columns": (
        "The file has {found} columns; at most {limit} are taken.",
        "文件有 {found} 列，最多接受 {limit} 列。",
    ),
    "old_excel": (
        "This is an old .xls file or one with a password: open it in Excel and save it as .xlsx without a password.",
        "这是旧版 .xls 文件或带密码的文件：请用 Excel 打开，不设密码另存为 .xlsx。",
    ),
    "not_a_spreadsheet": ("This ZIP file is not an .xlsx workbook.", "这个 ZIP 文件不是 .xlsx 工作簿。"),
    "damaged_spreadsheet": (
        "The .xlsx workbook is damaged: open it in Excel and save it again.",
        "工作簿已损坏：请用 Excel 打开后重新保存。",
    ),
    "zip_bomb": ("The .xlsx workbook unpacks to far more than a table can be.", "工作簿解压后的大小远超正常表格。"),
    "sheet_too_large": (
        "A sheet spans more than {limit} cells, filled or not: delete stray cells, or save the table as CSV.",
        "工作表范围超过 {limit} 个单元格（含空白）：请删除远处的零散单元格，或另存为 CSV。",
    ),
    "bad_json": (
        "Line {line} is not valid JSON, or one value is too large.",
        "第 {line} 行不是有效的 JSON，或单个值过大。",
    ),
    "no_list": ("The JSON has no list of rows, [...], at its top or as rows.", "JSON 最外层或 rows 中没有数据列表 [...]。"),
    "not_an_object": ("Row {row} of the JSON list is not an object.", "JSON 列表第 {row} 项不是对象。"),
    "duplicate_keys": ("Row {row} of the JSON list gives a name twice.", "JSON 列表第 {row} 项有重复的名称。"),
    "nested_value": (
        "{value!r} in row {row} is a list or an object; give one value.",
        "第 {row} 项的 {value!r} 是列表或对象，应为单个值。",
    ),
    "bad_character": ("Row {row} has a character that cannot be stored.", "第 {row} 行含有无法存储的字符。"),
}
