"""The paper of a Word document: letters with their substitutes, pages, tables, and bytes that are always the same."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from geoplan.draw.site_tables import Roll
from geoplan.draw.tables import Cell
from geoplan.draw.voice import Voice
from geoplan.errors import StudyError

__all__ = ["A3", "A4", "Paper"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MARGINS = {"top_margin": 30, "bottom_margin": 28, "left_margin": 28, "right_margin": 26}
A4, A3 = (210.0, 297.0), (297.0, 420.0)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TWIPS = 1440 / 25.4
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Paper:
    """A Word document while it is written, on a blank page or behind what a template of the office holds."""

    def __init__(self, voice: Voice, template: Path | None = None) -> None:
        self._voice, self._own = voice, template is None
        document: Any = _opened(template)
        self.document = document
        if self._own:
            self._letters()
            self._format(self.document.sections[0], A4)
        elif self.document.paragraphs and self.document.paragraphs[-1].text.strip():
            self.page()

    def title(self, text: str, under: str = "") -> None:
        """The title of the document, and a line under it."""
        self._line(text, "title", size=22, centre=True)
        if under:
            self._line(under, "head", size=14, centre=True)

    def heading(self, text: str, *, level: int = 0) -> None:
        """The heading of a part; it stays with what follows, and with a level stands in the outline of the document."""
        from docx.oxml import parse_xml

        paragraph = self._line(text, "head", size=14 if level < 2 else 12)
        if level:
            paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl xmlns:w="{_W}" w:val="{level - 1}"/>'))  # noqa: SLF001  (the library ties levels to styles)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = self._points(10)

    def say(self, text: str, *, size: float = 12, indent: bool = True, centre: bool = False) -> None:
        """A paragraph of text."""
        paragraph = self._line(text, "body", size=size, centre=centre)
        if indent and not centre and self._voice.language == "zh":
            paragraph.paragraph_format.first_line_indent = self._points(2 * size)

    def table(self, roll: Roll, *, size: float = 9, weights: Sequence[float] = ()) -> None:
        """A table as wide as the page, its heads repeated on every page, with its title above and its notes below."""
        from docx.oxml import parse_xml

        if roll.title:
            paragraph = self._line(roll.title, "head", size=max(size + 1.5, 10.5), centre=True)
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = self._points(8)
        section = self.document.sections[-1]
        width = (section.page_width - section.left_margin - section.right_margin) / 635
        parts = list(weights) or [1.0] * len(roll.heads)
        widths = [int(width * part / sum(parts)) for part in parts]
        heads = tuple(Cell(head.text) for head in roll.heads)
        rows = [self._row(heads, widths, size, [False] * len(heads), head=True)]
        numeric = [head.numeric for head in roll.heads]
        rows += [self._row(row, widths, size, numeric) for row in roll.rows]
        body = self.document.element.body
        grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
        made = parse_xml(
            f'<w:tbl xmlns:w="{_W}">{_properties(sum(widths))}<w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
        )
        body.insert(len(body) - 1, made)
        for place, note in enumerate(roll.notes):
            paragraph = self._line(note, "body", size=size)
            paragraph.paragraph_format.space_before = self._points(0 if place else 4)

    def picture(self, png: bytes, width: float, caption: str) -> None:
        """A picture that many millimetres wide, with its caption below."""
        from docx.shared import Mm

        section = self.document.sections[-1]
        room = (section.page_width - section.left_margin - section.right_margin) / 36000
        if width > room + 0.5:
            # a template with wider margins: a smaller picture would no longer be at its scale
            section.left_margin = section.right_margin = Mm((section.page_width / 36000 - width) / 2)
        paragraph = self.document.add_paragraph()
        paragraph.alignment = 1
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width))
        self.say(caption, size=10.5, centre=True)

    def page(self) -> None:
        """A new page of the same size."""
        self.document.add_page_break()

    def section(self, paper: tuple[float, float], *, across: bool = False) -> None:
        """A new page of another size; `across` lays it down."""
        self._format(self.document.add_section(), (paper[1], paper[0]) if across else paper)

    def around(self, header: str, page: str) -> None:
        """The line above every page, and the number below; a template keeps its own."""
        if not self._own:
            return
        section = self.document.sections[0]
        above = section.header.paragraphs[0]
        above.alignment = 2
        self._run(above, header, "body", 9)
        below = section.footer.paragraphs[0]
        below.alignment = 1
        before, _, after = page.partition("{page}")
        self._run(below, before, "body", 9)
        self._field(below)
        self._run(below, after, "body", 9)

    def bytes(self, title: str, stamp: str) -> bytes:
        """The document as bytes: the same text gives the same bytes."""
        core, moment = self.document.core_properties, _moment(stamp)
        core.title, core.author, core.last_modified_by, core.revision = title, "geoplan", "geoplan", 1
        core.created = core.modified = core.last_printed = moment
        core.comments = core.identifier = core.version = ""
        file = io.BytesIO()
        self.document.save(file)
        return _packed(file)

    def _line(self, text: str, kind: str, *, size: float, centre: bool = False) -> Any:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = 1 if centre else None
        form = paragraph.paragraph_format
        form.space_before = form.space_after = self._points(0 if kind == "body" else 3)
        form.line_spacing = 1.35 if kind == "body" else 1.2
        self._run(paragraph, text, kind, size)
        return paragraph

    def _run(self, paragraph: Any, text: str, kind: str, size: float) -> Any:
        from docx.oxml.ns import qn

        run = paragraph.add_run(_clean(text))
        run.font.size = self._points(size)
        run.font.name = self._voice.say("site_word.font_latin")
        run._element.rPr.rFonts.set(qn("w:eastAsia"), self._voice.say(f"site_word.font_{kind}"))  # noqa: SLF001  (the library names no eastern font)
        return run

    def _field(self, paragraph: Any) -> None:
        from docx.oxml import parse_xml

        run = '<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t>1</w:t></w:r>'
        made = parse_xml(f'<w:fldSimple xmlns:w="{_W}" w:instr="PAGE">{run}</w:fldSimple>')
        paragraph._p.append(made)  # noqa: SLF001  (the library has no fields)

    def _row(
        self, cells: Sequence[Cell], widths: list[int], size: float, numeric: list[bool], *, head: bool = False
    ) -> str:
        kind = "head" if head else "body"
        fonts = self._fonts(kind)
        made = []
        for cell, width, right in zip(cells, widths, numeric, strict=True):
            side = "center" if head else "right" if right or cell.number is not None else "left"
            shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F0"/>' if head else ""
            strong = "<w:b/>" if cell.kind in {"tone forbidden", "tone conditional", "tone not_checked"} else ""
            text = escape(_clean(cell.text), quote=False)
            made.append(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr><w:p>'
                f'<w:pPr><w:spacing w:before="10" w:after="10"/><w:jc w:val="{side}"/></w:pPr><w:r><w:rPr>{fonts}'
                f'{strong}<w:sz w:val="{round(size * 2)}"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
                "</w:p></w:tc>"
            )
        repeat = "<w:tblHeader/>" if head else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(made)}</w:tr>"

    def _fonts(self, kind: str) -> str:
        latin, eastern = self._voice.say("site_word.font_latin"), self._voice.say(f"site_word.font_{kind}")
        return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{eastern}"/>'

    def _letters(self) -> None:
        """The letters of the document, and which to take where a machine lacks them."""
        from docx.oxml.ns import qn

        normal = self.document.styles["Normal"]
        normal.font.name = self._voice.say("site_word.font_latin")
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), self._voice.say("site_word.font_body"))
        # letters of one code look different in China, Japan and Taiwan
        for language in self.document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")
        kinds = [
            (self._voice.say(f"site_word.font_{k}"), self._voice.say(f"site_word.font_{k}_fallback"))
            for k in ("title", "body", "head")
        ]
        entries = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
            f'<w:pitch w:val="variable"/></w:font>'
            for name, others in dict(kinds).items()
        )
        for relation in self.document.part.rels.values():
            if relation.reltype.endswith("/fontTable"):
                part = relation.target_part
                part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")  # noqa: SLF001  (the library leaves the table of fonts alone)

    def _format(self, section: Any, paper: tuple[float, float]) -> None:
        from docx.shared import Mm

        section.page_width, section.page_height = Mm(paper[0]), Mm(paper[1])
        section.orientation = int(paper[0] > paper[1])
        for name, margin in _MARGINS.items():
            setattr(section, name, Mm(margin if paper[0] < paper[1] else 18))

    @staticmethod
    def _points(size: float) -> Any:
        from docx.shared import Pt

        return Pt(size)


def _opened(template: Path | None) -> Any:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    if template is None:
        return docx.Document()
    try:
        return docx.Document(str(template))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
        raise StudyError("site_word.template", path=template) from error


def _properties(width: int) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="595959"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = '<w:left w:w="55" w:type="dxa"/><w:right w:w="55" w:type="dxa"/>'
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
    )


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def _moment(stamp: str) -> dt.datetime:
    try:
        day = dt.date.fromisoformat(stamp)
    except ValueError:
        day = dt.date(1980, 1, 1)
    return dt.datetime.combine(day, dt.time())


def _packed(file: io.BytesIO) -> bytes:
    """The parts of the document in the order of their names, all of one date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(made.namelist()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            out.writestr(entry, made.read(name))
    return packed.getvalue()
