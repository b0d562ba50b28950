"""What is checked: plots, gathered into projects, as the register of an intake lists them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoplan.measure import Note
from geoplan.plot import Plot

if TYPE_CHECKING:
    from pyproj import CRS

__all__ = ["Register", "Site", "Unread"]


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One project: its plots, and what was applied for.

    Attributes:
        receipt: 收件编号; unique in a batch.
        file: the attachment its plots came from.
        sha256: of that file.
        project: 项目名称.
        developer: 建设单位.
        code: 项目代码.
        planned_use: 申报用途, in words or as a code of `use_scheme`.
        activities: codes of the limited activities claimed; none where nothing is claimed.
        plots: at least one, in the study CRS.
        submitted_area: 送审面积 in m2; None where none is stated.
        crs: the coordinate system as the file or whoever declared it names it.
        declared_by: who declared it, or empty.
        notes: what was odd about the file.
        remark: 备注 of the register.
    """

    receipt: str
    file: str
    sha256: str
    project: str
    plots: tuple[Plot, ...]
    developer: str = ""
    code: str = ""
    planned_use: str = ""
    activities: tuple[str, ...] = ()
    submitted_area: float | None = None
    crs: str = ""
    declared_by: str = ""
    notes: tuple[Note, ...] = ()
    remark: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """One text a plot to call it by: its number where no other plot has the same, else its place among the plots.

        >>> from shapely import Polygon
        >>> plots = tuple(Plot(number, "", Polygon(), Polygon(), None) for number in ("A-1", "A-2", "A-2", ""))
        >>> Site("1", "a.txt", "", "project", plots).keys
        ('A-1', '2', '3', '4')
        """
        numbers = Counter(plot.number for plot in self.plots)
        own = [p.number if p.number and numbers[p.number] == 1 else "" for p in self.plots]
        keys: list[str] = []
        for place, key in enumerate(own, start=1):
            name = key or str(place)
            while not key and name in {*own, *keys}:
                name = f"{place}*" if name == str(place) else f"{name}*"
            keys.append(name)
        return tuple(keys)


@dataclass(frozen=True, slots=True)
class Unread:
    """An attachment that could not be read: a line of 失败清单, never the end of the batch."""

    receipt: str
    file: str
    reason: Note
    remedy: Note


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """A batch: what could be read, what could not, and what is there twice.

    Attributes:
        sites: projects, in the order received.
        unread: attachments nobody could read.
        duplicates: (receipt, plot, receipt, plot, share of the larger that is common) where that is at least 99 %.
        overlaps: (receipt, plot, receipt, plot, m2) of plots that overlap otherwise.
    """

    sites: tuple[Site, ...]
    unread: tuple[Unread, ...] = ()
    duplicates: tuple[tuple[str, str, str, str, float], ...] = ()
    overlaps: tuple[tuple[str, str, str, str, float], ...] = ()
    crs: "CRS | None" = field(default=None)
