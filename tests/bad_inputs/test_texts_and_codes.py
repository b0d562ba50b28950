"""Texts in the wrong encoding, and codes of the wrong scheme."""

import shapely
from bad_inputs_bench import cells, contract, lacks, noted, put, refused, right, rows, shown, square

NAMED = contract(columns={"name": {"aliases": ["小区名称", "XQMC"]}})
SHOPS = contract("point", "shops", columns={"name": {"aliases": ["名称", "NAME"]}, "remark": {"aliases": ["备注"]}})
NAMES = ("和平区", "南开区", "镕基路")
BIG5 = ("臺北縣政府", "龍潭觀音", "鶯歌國小")
"""Names in signs Big5 has."""


def shapefile(raw, cpg=None, column="小区名称", names=NAMES, **declared):
    """A shapefile whose text is in one encoding and whose .cpg says another, or nothing."""

    def make(desk):
        said = "CP950" if raw == "BIG5" else raw
        path = desk.write("小区.shp", {column: names}, [square(200 * i, 0) for i in range(len(names))], encoding=said)
        (desk.folder / "小区.cpg").unlink(missing_ok=True)
        if cpg is not None:
            desk.text("小区.cpg", cpg)
        return {"path": path, **declared}

    return make


def table(raw, names=NAMES, **declared):
    def make(desk):
        lines = [f"{name},{500_100 + 10 * i},4334100" for i, name in enumerate(names)]
        return {
            "path": desk.csv("店.csv", "NAME,x,y" if raw == "big5" else "名称,x,y", *lines, encoding=raw),
            "crs": "EPSG:4548",
            **declared,
        }

    return make


def coded(codes, column="DLBM", more=None, **declared):
    """Squares with codes."""

    def make(desk):
        columns = {column: codes, **(more or {})}
        return {"path": desk.write("图斑.gpkg", columns, [square(200 * i, 0) for i in range(len(codes))]), **declared}

    return make


ENCODINGS = (
    right("UTF-8 that says so", NAMED, shapefile("UTF-8", "UTF-8"), cells("name", *NAMES)),
    right("GBK that says so", NAMED, shapefile("GB18030", "GBK"), cells("name", *NAMES)),
    right("GBK called ANSI 936", NAMED, shapefile("GB18030", "ANSI 936"), cells("name", *NAMES)),
    right("UTF-8 without a .cpg", NAMED, shapefile("UTF-8"), cells("name", *NAMES)),
    noted("GBK without a .cpg", NAMED, shapefile("GB18030"), "read.encoding", "小区.shp", "GB18030", right=cells("name", *NAMES)),
    noted("GBK with a .cpg of UTF-8", NAMED, shapefile("GB18030", "UTF-8"), "read.encoding", "GB18030", right=cells("name", *NAMES)),
    noted("GBK with a .cpg of Latin", NAMED, shapefile("GB18030", "ISO-8859-1"), "read.encoding", "GB18030", right=cells("name", *NAMES)),
    noted("GBK with a .cpg of code page 1252", NAMED, shapefile("GB18030", "1252"), "read.encoding", "GB18030", right=cells("name", *NAMES)),
    noted("GBK with a .cpg of nonsense", NAMED, shapefile("GB18030", "???"), "read.encoding", "GB18030", right=cells("name", *NAMES)),
    noted("GBK with an empty .cpg", NAMED, shapefile("GB18030", ""), "read.encoding", "GB18030", right=cells("name", *NAMES)),
    noted("UTF-8 with a .cpg of GBK", NAMED, shapefile("UTF-8", "GBK"), "read.encoding", "UTF-8", right=cells("name", *NAMES)),
    noted("UTF-8 with a .cpg of Big5", NAMED, shapefile("UTF-8", "BIG5"), "read.encoding", "UTF-8", right=cells("name", *NAMES)),
    right("Big5 that says so", NAMED, shapefile("BIG5", "BIG5", "XQMC", BIG5), cells("name", *BIG5)),
    right("Big5 by its code page", NAMED, shapefile("BIG5", "950", "XQMC", BIG5), cells("name", *BIG5)),
    right("Big5 that is declared", NAMED, shapefile("BIG5", None, "XQMC", BIG5, encoding="Big5"), cells("name", *BIG5)),
    refused("Big5 that says nothing", NAMED, shapefile("BIG5", None, "XQMC", BIG5), "read.encoding_looks", "小区.shp", 'encoding = "Big5"'),
    refused("Big5 that says it is GBK", NAMED, shapefile("BIG5", "GBK", "XQMC", BIG5), "read.encoding_looks", "小区.shp", 'encoding = "Big5"'),
    refused("Big5 that says it is code page 936", NAMED, shapefile("BIG5", "936", "XQMC", BIG5), "read.encoding_looks", "Big5"),
    noted("GBK with a .cpg of Big5", NAMED, shapefile("GB18030", "BIG5"), "read.encoding", "小区.shp", "GB18030", right=cells("name", *NAMES)),
    noted("GBK with a .cpg of code page 950", NAMED, shapefile("GB18030", "950"), "read.encoding", "小区.shp", "GB18030", right=cells("name", *NAMES)),
    right("traditional signs in GBK that says so", NAMED, shapefile("GB18030", "GBK", "XQMC", BIG5), cells("name", *BIG5)),
    refused("Big5 of a few everyday signs", NAMED, shapefile("BIG5", None, "XQMC", ("中正",)), "read.encoding_unknown", "小区.shp"),
    refused("a declared encoding that does not fit", NAMED, shapefile("GB18030", None, encoding="UTF-8"), "read.encoding_declared", "小区.shp", "UTF-8"),
    refused("a declared encoding nobody knows", NAMED, shapefile("GB18030", None, encoding="GBK-2312-X"), "read.encoding_name", "GBK-2312-X", "GB18030"),
    right("a CSV in UTF-8", SHOPS, table("utf-8"), cells("name", *NAMES)),
    right("a CSV with a byte-order mark", SHOPS, table("utf-8-sig"), cells("name", *NAMES)),
    noted("a CSV in GBK", SHOPS, table("gb18030"), "read.encoding", "店.csv", "GB18030", right=cells("name", *NAMES)),
    right("a CSV in UTF-16", SHOPS, table("utf-16"), cells("name", *NAMES)),
    refused("a CSV in Big5", SHOPS, table("big5", BIG5), "read.encoding_looks", "店.csv", 'encoding = "Big5"'),
    right("a CSV in Big5, declared", SHOPS, table("big5", BIG5, encoding="Big5"), cells("name", *BIG5)),
    refused("a CSV of bytes that are no text", SHOPS, lambda d: {"path": d.text("店.csv", bytes(range(128, 256)) * 4), "crs": "EPSG:4548"}, "read.encoding_unknown", "店.csv"),
)  # fmt: skip

NAMES_OF_COLUMNS = (
    noted("a name cut at ten bytes in GBK", contract(columns={"name": {"aliases": ["居住小区标准名称"]}}),
          shapefile("GB18030", None, "居住小区标准名称"), "read.encoding", "GB18030", right=cells("name", *NAMES)),
    right("a name cut at ten bytes in UTF-8", contract(columns={"name": {"aliases": ["居住小区标准名称"]}}),
          shapefile("UTF-8", "UTF-8", "居住小区标准名称"), cells("name", *NAMES)),
    right("a name in full width and small letters", contract(columns={"name": {"aliases": ["XQMC"]}}),
          coded(NAMES, "ｘｑｍｃ"), cells("name", *NAMES)),
    refused("two columns that differ in width only", contract(columns={"name": {"aliases": ["XQMC"]}}),
            coded(NAMES, "ｘｑｍｃ", {"Ｘｑｍｃ": NAMES}), "column.several", "图斑.gpkg", "ｘｑｍｃ"),
    refused("two long names that are one when cut", contract(columns={"name": {"aliases": ["居住小区标准名称"]}}),
            lambda d: {"path": d.csv("a.csv", "居住小区标,居住小,wkt", "甲,乙,POLYGON ((0 0, 9 0, 9 9, 0 0))"), "crs": "EPSG:4548"},
            "column.several", "a.csv", "居住小区标", "居住小"),
    refused("a column of the study file that is not there", NAMED, coded(NAMES, "XQMC", columns={"name": "XQMX"}), "column.declared", "图斑.gpkg", "XQMX", "XQMC"),
    refused("a column of the study file no contract knows", NAMED, coded(NAMES, "XQMC", columns={"nmae": "XQMC"}), "column.no_such", "nmae", "name"),
    refused("a required column that is missing", contract(columns={"population": {"aliases": ["RK", "常住人口"], "kind": "number", "required": True}}),
            coded(NAMES, "XQMC"), "column.missing", "图斑.gpkg", "RK", "XQMC"),
    noted("a column that may be lacking, under a garbled name", contract(columns={"population": {"aliases": ["常住人口"], "kind": "number"}}),
          coded([1.0], "å¸¸ä½\x8fäººå\x8f£"), "read.garbled_names", "图斑.gpkg", "常住人口?", right=lacks("population")),
    refused("a column of codes under a garbled name", "land_use_current", coded(["0702"], "µØÀà±àÂë", scheme="三调"), "column.missing", "µØÀà±àÂë (地类编码?)"),
    refused("a required column under a garbled name", contract(columns={"population": {"aliases": ["常住人口"], "kind": "number", "required": True}}),
            coded([1.0], "å¸¸ä½äººå£"), "column.missing", "图斑.gpkg", "常住人口"),
)  # fmt: skip

GARBLED = (
    shown("UTF-8 read as Latin and written down", SHOPS, table("utf-8", tuple(n.encode().decode("cp1252") for n in ("公园", "河北", "医院")), columns={"remark": "名称"}), "mojibake", "doubt", "å…¬å›"),
    shown("UTF-8 read as GBK and written down", SHOPS, table("utf-8", ("鍖婚櫌", "澶╂触鍖婚櫌", "鍗楀紑鍖哄尰闄"), columns={"remark": "名称"}), "mojibake", "remark", "鍖婚櫌"),
    shown("GBK read as Latin and written down", SHOPS, table("utf-8", ("ºÍÆ½Çø", "ÄÏ¿ªÇø", "ºÓ±±Çø"), columns={"remark": "名称"}), "mojibake", "doubt", "ºÍÆ½Çø"),
    shown("signs that stand for what was lost", SHOPS, table("utf-8", ("锟斤拷平区", "\ufffd\ufffd区", "烫烫烫"), columns={"remark": "名称"}), "mojibake", "doubt", "锟斤拷"),
    shown("text cut at 254 bytes", SHOPS, table("utf-8", ("长" * 84, "和平"), columns={"remark": "名称"}), "cut", "remark", "254"),
    shown("full-width figures in a remark", SHOPS, table("utf-8", ("１２号", "和平"), columns={"remark": "名称"}), "full_width", "remark", "１２号"),
    right("French and Spanish are no garble", SHOPS, table("utf-8", ("Peluquería Ñandú", "Café Œuvre")), cells("name", "Peluquería Ñandú", "Café Œuvre")),
)  # fmt: skip

LAND = "land_use_current"
CODES = (
    refused("codes of no declared scheme", LAND, coded(["0702", "0601"]), "layer.no_scheme", "图斑.gpkg", "DLBM", "三调 2/2", "用地用海2023"),
    refused("a scheme nobody knows", LAND, coded(["0702"], scheme="三掉"), "layer.scheme", LAND, "三掉"),
    refused("a scheme where there are none", "community_facilities", coded(["养老"], "SSLX", scheme="三调"), "layer.no_schemes", "三调"),
    refused("a scheme without a column of codes", LAND, coded(["甲"], "MC", scheme="三调"), "column.missing", "DLBM", "图斑.gpkg"),
    refused("codes that became numbers", LAND, coded([702, 601], scheme="三调"), "column.codes_not_text", "图斑.gpkg", "702", "DLBM", "2", "601"),
    refused("codes that became decimals", LAND, coded([702.0, 601.0], scheme="三调"), "column.codes_not_text", "702"),
    refused("codes that became numbers and texts again", LAND, coded(["702", "0601"], scheme="三调"), "column.codes_not_text", "702"),
    refused("codes that became decimals and texts again", LAND, coded(["702.0", "601.0"], scheme="三调"), "column.codes_not_text", "702"),
    right("codes under a declared scheme", LAND, coded(["0702", "1104A"], scheme="三调"), cells("class", "rural_residential", "aquaculture")),
    right("the same digits under another scheme", LAND, coded(["0702", "1401"], "YDYHFLDM", scheme="用地用海2023", columns={"code": "YDYHFLDM"}), cells("class", "community_services", "park_green")),
    right("blanks around codes", LAND, coded([" 0702 ", "0601\u3000", "\u00a00601"], scheme="三调"), cells("class", "rural_residential", "industrial", "industrial")),
    right("signs of no width around codes", LAND, coded(["\ufeff0702", "0601\u200b"], scheme="三调"), cells("class", "rural_residential", "industrial")),
    right("empty codes are unknown", LAND, coded(["0702", "", None], scheme="三调"), cells("class", "rural_residential", None, None)),
    noted("small letters in codes", LAND, coded(["05h1", "0601"], scheme="三调"), "read.alike_codes", "05h1 → 05H1", "图斑.gpkg", right=cells("class", None, "industrial")),
    noted("full-width codes", LAND, coded(["０７０２", "0601"], scheme="三调"), "read.wide_codes", "０７０２ → 0702", "图斑.gpkg", "DLBM", right=cells("class", "rural_residential", "industrial")),
    noted("full-width codes, in the column", LAND, coded(["０７０２", "０８Ｈ２Ａ", "０６０１\u3000"], scheme="三调"), "read.wide_codes", "3", right=cells("code", "0702", "08H2A", "0601")),
    noted("full-width codes without a scheme that are declared", LAND, coded(["０７０２", "0702"], classes={"rural_residential": ["0702"]}), "read.wide_codes", "０７０２", right=cells("class", "rural_residential", "rural_residential")),
    right("full-width brackets in declared words", "coastline",
          lambda d: {"path": d.write("岸.gpkg", {"AXLX": ["自然岸线（基岩）", "自然岸线(基岩)"]}, [shapely.LineString([(500_000 + n, 4_334_000), (500_100 + n, 4_334_000)]) for n in (0, 200)]),
                     "classes": {"natural": ["自然岸线（基岩）"]}},
          cells("class", "natural", "natural")),
    refused("full-width codes that were numbers", LAND, coded(["７０２", "０６０１"], scheme="三调"), "column.codes_not_text", "702", "0702"),
    noted("letters O for zeros", LAND, coded(["O7O2", "0601"], scheme="三调"), "read.alike_codes", "O7O2 → 0702", "图斑.gpkg", right=cells("class", None, "industrial")),
    noted("letters l and I for ones", "parks", coded(["Gl1", "GI4", "G11"], "LDDM", scheme="CJJ85-2017"), "read.alike_codes", "Gl1 → G11", "GI4 → G14", right=cells("class", None, None, "comprehensive_park")),
    noted("codes of no class", LAND, coded(["9999", "0601"], scheme="三调"), "read.no_class", "9999", "图斑.gpkg", right=cells("class", None, "industrial")),
    noted("codes with their words", LAND, coded(["0702农村宅基地", "农村宅基地"], scheme="三调"), "read.no_class", "农村宅基地", right=cells("class", "rural_residential", None)),
    shown("survey codes declared as those of plans, told by their names", LAND,
          coded(["0702", "0601", "0702", "0101"], more={"DLMC": ["农村宅基地", "工业用地", "农村宅基地", "水田"]}, scheme="用地用海2023"), "names_of_codes", "doubt", "三调", "用地用海2023", "0702 农村宅基地"),
    shown("plan codes declared as those of the survey, told by their names", LAND,
          coded(["0702", "0703", "0601"], more={"DLMC": ["城镇社区服务设施用地", "农村宅基地", "农业设施建设用地"]}, scheme="三调"), "names_of_codes", "doubt", "用地用海2020", "三调", "0702 城镇社区服务设施用地"),
    right("names that agree with their codes", LAND, coded(["0702", "0601"], more={"DLMC": ["农村宅基地", "工业用地"]}, scheme="三调"), cells("class", "rural_residential", "industrial")),
    shown("codes of another scheme among them", LAND, coded(["0702", "1401", "1401", "1302", "0601"], scheme="三调"), "other_scheme", "doubt", "三调", "用地用海", "1401"),
    refused("the scheme the column contradicts", LAND, coded(["0702", "0701"], "YDYHFLDM", scheme="三调", columns={"code": "YDYHFLDM"}), "layer.scheme_column", "图斑.gpkg", "YDYHFLDM", "三调", "用地用海2023"),
    refused("the scheme of another column, from the alias", "wetlands", coded(["0501", "0502"], "YDYHFLDM", scheme="三调"), "layer.scheme_column", "YDYHFLDM", "用地用海2023"),
    shown("the green spaces of 2002 declared 2017", "parks", coded(["G11", "G5", "G4"], "LDDM", scheme="CJJ85-2017"), "other_scheme", "doubt", "CJJ85-2002", "G4"),
    shown("the green spaces of 2017 declared 2002", "parks", coded(["G11", "EG1", "XG"], "LDDM", scheme="CJJ85-2002"), "other_scheme", "doubt", "CJJ85-2017", "EG1"),
    refused("green spaces of no declared edition", "parks", coded(["G11", "G14"], "LDDM"), "layer.no_scheme", "CJJ85-2017", "CJJ85-2002", "LDDM"),
    refused("words that mean two classes", "coastline",
            lambda d: {"path": d.write("岸.gpkg", {"AXLX": ["自然岸线"]}, [shapely.LineString([(500_000, 4_334_000), (500_100, 4_334_000)])]),
                       "classes": {"natural": ["自然岸线"], "artificial": ["人工岸线", "自然岸线"]}},
            "source.word_twice", "自然岸线", "natural", "artificial"),
    refused("a class the layer does not have", LAND, coded(["0702"], classes={"farmstaed": ["0702"]}), "column.class_name", "farmstaed", LAND),
    refused("one class for all that is none", LAND, coded(["0702"], **{"class": "forrest"}), "column.class_name", "forrest", "forest"),
    noted("classes declared for some codes only", LAND, coded(["0702", "0601"], classes={"rural_residential": ["0702"]}), "read.no_class", "0601", right=cells("class", "rural_residential", None)),
    noted("status words nobody knows", "old_estates", coded(["已完成", "大概好了"], "GZZT"), "read.no_class", "大概好了", right=cells("status", "done", None)),
)  # fmt: skip


@rows(*ENCODINGS, *NAMES_OF_COLUMNS, *GARBLED, *CODES)
def test_texts_and_codes(row, folder, record_property):
    put(row, folder, record_property)
