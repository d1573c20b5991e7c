"""Native charts: axes, labels and marks that read the same in PowerPoint and LibreOffice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree
from pptx.chart.datalabel import DataLabels
from pptx.enum.chart import XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from diagnostic import french
from diagnostic.exports.pptx.page import A, Box, Canvas, Spot

THOUSANDS = '[$-40C][>=1000000]#"\u00a0"###"\u00a0"##0;[>=1000]#"\u00a0"##0;0'
DECIMAL = "[$-40C]0.0"


class Axes(NamedTuple):
    """Where a point of a chart stands on the slide: the place of the chart, the share of it that its marks have
    (`plot_at`), the ends of the axis below and of the one beside."""

    box: Box
    layout: tuple[float, float, float, float]
    across: tuple[float, float]
    up: tuple[float, float]

    def at(self, right: float, high: float) -> Spot:
        x, y, w, h = self.box
        return (
            x + w * (self.layout[0] + self.layout[2] * _share(right, self.across)),
            y + h * (self.layout[1] + self.layout[3] * (1 - _share(high, self.up))),
        )


def _share(value: float, ends: tuple[float, float]) -> float:
    return (value - ends[0]) / ((ends[1] - ends[0]) or 1)


def add_chart(on: Canvas, kind, data, box: Box, alt: str):
    frame = on.slide.shapes.add_chart(kind, *map(Cm, box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", french.office(f"Graphique : {alt}"))
    chart = frame.chart
    chart.has_legend, chart.has_title = False, False
    chart.font.size, chart.font.name = on.points(12), "+mn-lt"
    space = chart._chartSpace
    title = space.chart.find(qn("c:autoTitleDeleted"))
    if title is None:
        title = etree.SubElement(space.chart, qn("c:autoTitleDeleted"))
        space.chart.insert(0, title)
    title.set("val", "1")
    rounded = space.find(qn("c:roundedCorners"))
    if rounded is None:
        rounded = etree.Element(qn("c:roundedCorners"))
        space.insert(1 if space.find(qn("c:date1904")) is not None else 0, rounded)
    rounded.set("val", "0")
    language = etree.Element(qn("c:lang"), val="fr-FR")
    date = space.find(qn("c:date1904"))
    space.insert(space.index(date) + 1 if date is not None else 0, language)
    _clear(space)
    return frame


def _clear(space) -> None:
    """Nothing behind the marks: what stands under the chart shows through it."""
    blank = '<c:spPr xmlns:c="{c}" xmlns:a="{a}"><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
    names = {"c": space.nsmap["c"], "a": A}
    text = space.find(qn("c:txPr"))
    at = space.index(text) if text is not None else space.index(space.chart) + 1
    space.insert(at, etree.fromstring(blank.format(**names)))


def speak_french(root) -> None:
    for tag in ("a:rPr", "a:defRPr", "a:endParaRPr"):
        for node in root.iter(qn(tag)):
            node.set("lang", "fr-FR")


def number_axes(root) -> None:
    """Axes numbered from 1: the library's own numbers are negative, which the schema forbids."""
    tags = (qn("c:axId"), qn("c:crossAx"))
    numbers: dict[str, str] = {}
    for node in root.iter(*tags):
        node.set("val", numbers.setdefault(node.get("val"), str(len(numbers) + 1)))


def value_axis(on: Canvas, chart, ends: tuple[float, float], *, hidden, step=None, number=None) -> None:
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale = ends
    axis.has_major_gridlines = not hidden
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.fill.background()
    if hidden:
        axis.visible = False
        return
    axis.major_gridlines.format.line.color.rgb, axis.major_gridlines.format.line.width = (
        on.rgb("ground"),
        Pt(0.75),
    )
    axis.tick_labels.font.size = on.points(12)
    axis.tick_labels.font.color.rgb = on.rgb("muted")
    if step is not None:
        axis.major_unit = step
    if number is not None:
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = number, False


def years_axis(on: Canvas, chart, years: Sequence[int]) -> None:
    """Those of `years` below, evenly apart, from one end of the axis to the other."""
    axis = chart.category_axis
    axis.minimum_scale, axis.maximum_scale = years[0], years[-1]
    axis.major_unit = years[1] - years[0] if len(years) > 1 else 1
    axis.has_major_gridlines, axis.major_tick_mark = False, XL_TICK_MARK.NONE
    axis.tick_labels.font.size = on.points(12)
    axis.tick_labels.font.color.rgb = on.rgb("muted")
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    axis.format.line.color.rgb = on.rgb("muted")


def category_axis(on: Canvas, chart, size: float) -> None:
    """`size` is that of its names on this page."""
    axis = chart.category_axis
    axis.reverse_order = True
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(size)
    axis.tick_labels.font.color.rgb = on.rgb("ink")
    axis.format.line.fill.background()
    axis.has_major_gridlines = False
    skip = etree.Element(qn("c:tickLblSkip"), val="1")
    after = axis._element.find(qn("c:noMultiLvlLbl"))
    axis._element.insert(axis._element.index(after) if after is not None else len(axis._element), skip)


def plot_at(chart, layout) -> None:
    """The plot area at a given place, so that what is drawn beside the chart stays true."""
    area = chart._chartSpace.chart.plotArea
    old = area.find(qn("c:layout"))
    if old is not None:
        area.remove(old)
    node = etree.Element(qn("c:layout"))
    manual = etree.SubElement(node, qn("c:manualLayout"))
    etree.SubElement(manual, qn("c:layoutTarget"), val="inner")
    for mode in ("xMode", "yMode"):
        etree.SubElement(manual, qn(f"c:{mode}"), val="edge")
    for name, value in zip("xywh", layout, strict=True):
        etree.SubElement(manual, qn(f"c:{name}"), val=f"{value:.4f}")
    area.insert(0, node)


def fill(on: Canvas, series, role: str) -> None:
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = on.rgb(role)


def mark(on: Canvas, series, role, marker, size) -> None:
    series.format.line.fill.background()
    series.marker.style, series.marker.size = marker, size
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = on.rgb(role)
    series.marker.format.line.color.rgb = on.rgb("paper")


def label_values(labels: DataLabels, number, size, colour, position, bold=False) -> None:
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = number, False
    labels.position = position
    labels.font.size, labels.font.bold = size, bold
    labels.font.color.rgb = colour
    on_one_line(labels._element)


def on_one_line(element) -> None:
    """A label that a program may not break: a number of a small chart would stand on two lines."""
    for body in element.iter(qn("a:bodyPr")):
        body.set("wrap", "none")


def label_point(point, number: str) -> None:
    """A label of its own shows the value and nothing else."""
    label = point.data_label._dLbl
    for name in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"):
        node = label.find(qn(f"c:{name}"))
        if node is not None:
            node.set("val", "1" if name == "showVal" else "0")
    point.data_label.position = XL_LABEL_POSITION.INSIDE_BASE
    on_one_line(label)
    if label.find(qn("c:numFmt")) is None:
        node = etree.Element(qn("c:numFmt"), formatCode=number, sourceLinked="0")
        label.insert(1, node)


def hide_label(series, index: int) -> None:
    labels = series.data_labels._element
    node = etree.Element(qn("c:dLbl"))
    etree.SubElement(node, qn("c:idx"), val=str(index))
    etree.SubElement(node, qn("c:delete"), val="1")
    labels.insert(
        index if index < len(labels.findall(qn("c:dLbl"))) else len(labels.findall(qn("c:dLbl"))), node
    )
