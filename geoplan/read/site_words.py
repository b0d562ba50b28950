"""The words of surveyors' files: section names, keys, column headings and layer names, as offices write them."""

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    from geoplan.plot import Role
    from geoplan.read.survey import Kind

__all__ = [
    "datum_of",
    "folded",
    "role_of",
]

# --- 界址点 TXT ---
ATTRIBUTES_SECTION = "属性描述"
PLOTS_SECTION = "地块坐标"
CRS_KEY = "坐标系"
WIDTH_KEYS = ("几度分带", "分带")
ZONE_KEYS = ("带号", "中央子午线", "中央经线")
UNIT_KEY = "计量单位"
PROJECTION_KEY = "投影类型"
CONVERSION = "转换参数"
PROJECTION = re.compile(r"高斯|GAUSS|横轴墨卡托|横轴等角|TRANSVERSEMERCATOR", re.IGNORECASE)
UNITS: "dict[str, Literal['m', 'deg']]" = {
    "米": "m",
    "M": "m",
    "METER": "m",
    "METRE": "m",
    "度": "deg",
    "经纬度": "deg",
    "DEGREE": "deg",
}
KINDS: "dict[str, Kind]" = {"面": "polygon", "线": "line", "点": "point"}
KIND_WORDS = {kind: word for word, kind in KINDS.items()}
HEADER = (
    "格式版本号",
    "数据产生单位",
    "数据产生日期",
    CRS_KEY,
    "几度分带",
    PROJECTION_KEY,
    UNIT_KEY,
    "带号",
    "精度",
    CONVERSION,
)
"""Keys of the first section, in the order the official tools write them."""
WRITTEN = {
    CRS_KEY: "2000国家大地坐标系",
    "几度分带": "3",
    PROJECTION_KEY: "高斯克吕格",
    UNIT_KEY: "米",
    "精度": "0.001",
    CONVERSION: ",,,,,,",
}
"""What those keys say in every file written here; the zone and the rest come from the attachment."""

# --- coordinate systems ---
# Whole names only: 天津2000, 上海2000 and their like are city grids of their own.
_ENDING = r"(国家大地)?(坐标系统?|大地坐标系统?)?(\(?CGCS2000\)?)?"
DATUMS = tuple(
    (datum, re.compile("|".join(f"(?:{name})(?:{_ENDING})" for name in names)))
    for datum, names in (
        (
            "CGCS2000",
            (
                "(中国)?(CGCS2000|国家2000|中国2000|大地2000|2000国家?大地|2000国家|国家大地2000|2000)",
                "CHINAGEODETICCOORDINATESYSTEM2000",
                "C?GCS_?(CHINA_GEODETIC_COORDINATE_SYSTEM_)?2000",
            ),
        ),
        ("XIAN80", ("(国家)?(19)?80年?(国家)?西安(国家)?", "西安(19)?80", "(国家|大地)80", "XI'?AN_?(19)?80")),
        ("BEIJING54", ("(国家)?(19)?54年?北京", "北京(19)?54", "(国家|大地)54", "BEIJING_?(19)?54")),
        ("WGS84", ("WGS-?_?(19)?84",)),
        ("GCJ02", ("GCJ-?_?02", "火星", "BD-?_?09", "百度", "高德")),
    )
)
STATED = re.compile(
    r"(CGCS ?2000|国家2000|2000国家大地坐标系|西安80|1980西安坐标系|北京54|1954年?北京坐标系|WGS-?84)", re.IGNORECASE
)
"""A coordinate system named in the middle of other text: a title, a remark, a text of a drawing."""
LOCAL_NAMES = re.compile(r"(天津|城建|独立|地方|城市|任意)[^，。；,;]{0,6}坐标")

# --- columns of tables and of attribute tables ---
COLUMNS = (
    ("lon", re.compile(r"(大地)?(经度|东经)L?|L|LON(G|GITUDE)?|LNG")),
    ("lat", re.compile(r"(大地)?(纬度|北纬)B?|B|LAT(ITUDE)?")),
    ("y", re.compile(r"[XY]?\(?(横坐标|东坐标|东)[XY]?\)?值?|EASTING|E")),
    ("x", re.compile(r"[XY]?\(?(纵坐标|北坐标|北)[XY]?\)?值?|NORTHING|N")),
    ("x", re.compile(r"X(坐标|轴)?值?|坐标X")),
    ("y", re.compile(r"Y(坐标|轴)?值?|坐标Y")),
    ("label", re.compile(r"(界址)?点号|(界址|拐|顶|桩)点(编)?(号|名)?|点名|桩号|POINT(NO\.?|ID)?")),
    ("serial", re.compile(r"序号|编号|NO\.?|ID")),
    ("area", re.compile(r"(地块|宗地|用地|图斑)?面积")),
    ("ring", re.compile(r"(地块)?圈号|环号|RING")),
    ("side", re.compile(r"(界址)?边长S?|边长值|(点)?间距|距离|SIDE|DISTANCE")),
    ("number", re.compile(r"地块(编)?号|宗地(编)?号|图斑(编)?号|DKBH|PLOT")),
    ("name", re.compile(r"地块名称?|宗地名称|图斑名称|地块|DKMC|PLOTNAME")),
)
"""Headings of coordinate tables: X is the northing and Y the easting, unless the heading says 横 or 东 of X."""
HEADING_UNIT = re.compile(r"[(/\[,](单位[::]?)?(米|M|METERS?|度|°|度分秒|DMS|平方米|公顷)[)\]]?$")
DEGREES_MINUTES_SECONDS = re.compile(
    r"(?P<sign>[+-]?)(?P<d>\d{1,3})\s*(?:°|º|度|-|:|\s)\s*(?P<m>\d{1,2})\s*(?:'|′|分|-|:|\s)\s*"
    r"(?P<s>\d{1,2}(?:\.\d*)?)\s*(?:\"|″|''|′′|秒)?"
)
SIDE_OF_EARTH = re.compile(r"^(?:东经|北纬|([EWNS]))?\s*(.*?)\s*([EWNS])?$")
SEXAGESIMAL = re.compile(r"度分秒|DMS|D\.?MMSS")
AREA = re.compile(r"面积([^\d;；。]{0,16}?)(\d[\d,]*(?:\.\d+)?)\s*(平方米|公顷|亩|平米|M2|M²|㎡|HA)?", re.IGNORECASE)
TOTAL = re.compile(r"总|合计|共")
AREA_UNITS = {
    "公顷": "ha", "HA": "ha", "亩": "mu", "平方米": "m2", "平米": "m2", "M2": "m2", "M²": "m2", "㎡": "m2",
}  # fmt: skip
PLOT_TITLE = re.compile(
    r"((?:地块|宗地|图斑)\s*[0-9A-Za-z一二三四五六七八九十#-]+|[0-9A-Za-z一二三四五六七八九十]+\s*(?:号)?地块)"
)
TITLES = {
    "project": re.compile(r"项目名称"),
    "developer": re.compile(r"(建设|用地|申请)单位"),
    "number": re.compile(r"地块(编)?号|宗地(编)?号"),
    "name": re.compile(r"地块名称?"),
    "crs": re.compile(r"坐标系统?"),
}
NO_BOUNDARY = re.compile(r"控制点|导线点|图根点|检查点|钻孔|水准点|放样")
"""Titles of tables of points that bound nothing."""
KEYED = re.compile(r"\s*([^:：]{2,10})[:：]\s*(\S.*)?")
ZONE = re.compile(r"带号\D{0,3}(\d{2})(?!\d)|第(\d{2})带|(?<!\d)(\d{2})带")
MERIDIAN = re.compile(r"中央(?:子午线|经线)\D{0,4}(\d{2,3}(?:\.\d+)?)\s*[°度]?\s*(?:(\d{1,2})\s*[′'分])?")
WIDTH = re.compile(r"([36三六])\s*[度°]\s*(?:分)?带")
FIELDS = {
    "number": ("DKBH", "地块编号", "地块号", "宗地号", "图斑编号", "TBBH", "PLOT"),
    "name": ("DKMC", "地块名称", "XMMC", "项目名称", "MC", "名称", "NAME"),
    "area": ("DKMJ", "地块面积", "YDMJ", "用地面积", "DECLARED_AREA", "MJ", "面积"),
    "use": ("DKYT", "地块用途", "TDYT", "土地用途", "申报用途", "PLANNED_USE", "YT", "用途"),
    "role": ("DKJS", "地块角色", "角色", "ROLE"),
    "sheet": ("TFH", "图幅号"),
    "code": ("DLBM", "地类编码"),
    "project": ("XMMC", "项目名称", "PROJECT", "PROJECT_NAME"),
    "project_code": ("XMDM", "项目代码", "项目编码", "PROJECT_CODE"),
    "developer": ("JSDW", "建设单位", "用地单位", "申请单位", "DEVELOPER"),
    "activities": ("HDLB", "活动类别", "ACTIVITY", "ACTIVITIES"),
}
"""Columns of attribute tables, by what they mean: best first."""
TABLE_HEAD = ("地块编号", "地块名称", "圈号", "点号", "X(纵坐标)", "Y(横坐标)", "边长", "面积(平方米)")
"""Headings of a table of boundary points written here."""
SHEET = "界址点"
NUMBER_LINE = "地块编号：{text}"
NAME_LINE = "地块名称：{text}"
SYSTEM_NAMED = "坐标系：{name}"
COMMA = "，"
WITH_ROLE = "{name}（{role}）"
SYSTEM_LINE = "坐标系：2000国家大地坐标系 {width}度带 带号{zone}"

# --- layers of drawings and databases ---
SITE_LAYER = re.compile(
    r"用地红线|用地范围|用地界|用地边界|项目范围|项目红线|项目边界|项目用地|征地|供地|地块|宗地|界址线|选址|净用地|代征|临时用地"
    r"|JZX|YDHX|YDFW|XMFW|XMKJFW|TDZSFW|NYDZYFW|XMZDFW|(?<![A-Z])(DK|ZD)X?(?![A-Z])|SITE|PLOT|PARCEL",
    re.IGNORECASE,
)
PERHAPS_SITE_LAYER = re.compile(r"红线|范围|边界|BOUNDARY", re.IGNORECASE)
NOT_A_SITE = re.compile(
    r"生态|保护|基本农田|开发边界|道路|建筑|绿线|蓝线|紫线|黄线|标注|注记|文字|图框|图廓|坐标|辅助|高程|等高|影像|规划范围|研究范围"
    r"|STBHHX|YJJBNT|CZKFBJ|DEFPOINTS|TEXT|(?<![A-Z])TK(?![A-Z])|FRAME|DIM|界址点|JZD",
    re.IGNORECASE,
)
HOLE_LAYER = re.compile(r"扣除|挖空|孔洞|内环|内圈|HOLE", re.IGNORECASE)
PLAIN_LABEL = re.compile(r"[JK]?\d+(-\d+)?|[\d.,\s=XYxy:：米m²㎡亩公顷平方()（）]+|.*面积.*|.*坐标.*|.*比例.*|.*边长.*")
"""Texts of a drawing that are no name of a plot: point numbers, figures, areas, scales."""
ROLES: "tuple[tuple[Role, re.Pattern[str]], ...]" = (
    ("代征", re.compile("代征")),
    ("临时", re.compile("临时(用地|占地)|^临时$")),
    ("净用地", re.compile("净用地|净地")),
)

LAYER_OF_ROLE: "dict[Role, str]" = {"": "用地红线", "净用地": "净用地", "代征": "代征用地", "临时": "临时用地"}
HOLES = "扣除"
TEXTS = "注记"
"""Layers of drawings written here."""

DIMENSIONS = {0: (), 1: (0.0254,), 2: (0.3048,), 4: (0.001,), 5: (0.01,), 6: (1.0,), 7: (1000.0,), 14: (0.1,)}
"""Metres per drawing unit by the code of $INSUNITS that drawings carry; 0 says nothing."""


def folded(text: str) -> str:
    """Full width made half width, spaces and dashes taken out, capitals: what names are compared by.

    >>> folded("ＣＧＣＳ 2000 坐标系"), folded("")
    ('CGCS2000坐标系', '')
    """
    return re.sub(r"[\s—–]", "", unicodedata.normalize("NFKC", text)).upper()


def datum_of(text: str) -> str:
    """The datum a name means; `local` for a name that no register knows; empty for an empty one.

    >>> datum_of("2000国家大地坐标系"), datum_of("1980西安坐标系"), datum_of("天津90坐标系"), datum_of(" ")
    ('CGCS2000', 'XIAN80', 'local', '')
    """
    name = folded(text)
    if not name:
        return ""
    return next((datum for datum, pattern in DATUMS if pattern.fullmatch(name)), "local")


def role_of(*texts: str) -> "Role":
    """The role a plot's own words give it; none where they give two, or none.

    >>> role_of("地块一", "代征道路"), role_of("净用地与代征"), role_of("")
    ('代征', '', '')
    """
    found = {role for role, pattern in ROLES if any(pattern.search(t) for t in texts)}
    return found.pop() if len(found) == 1 else ""
