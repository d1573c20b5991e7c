"""The deck: 16:9, one sentence a slide, native charts and tables that a collectivity can edit, notes.

Lengths are centimetres. The layouts are our own, written over those of an empty presentation.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.datalabel import DataLabels
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from diagnostic import french
from diagnostic.exports import content, picture
from diagnostic.exports.style import COLOURS, ink_on, nice_ceiling, nice_range, spread
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.warehouse import Database

WIDTH, HEIGHT = 33.867, 19.05
LEFT, CONTENT = 1.6, 30.67
TOP, TALL = 4.3, 12.4
NO_GRID = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
THOUSANDS = '[$-40C][>=1000000]#"\u00a0"###"\u00a0"##0;[>=1000]#"\u00a0"##0;0'
DECIMAL = "[$-40C]0.0"
SCHEME = {
    "dk1": "ink",
    "lt1": None,
    "dk2": "muted",
    "lt2": "ground",
    "accent1": "territory",
    "accent2": "modes_am",
    "accent3": "other",
    "accent4": "attention",
    "accent5": "qpv",
    "accent6": "eaje_hors_psu",
}
OUR_LAYOUT = "Message du diagnostic"
# Only these are taken from a theme: a stranger's other accents turn text blue and alerts violet.
THEMED = {"territory": "accent1", "modes_am": "accent2", "ink": "tx1"}
A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def build(report: Report, db: Database | None = None, template: Path | None = None) -> bytes:
    """The deck as the bytes of a .pptx file. Maps need `db`; without it their place goes to the table."""
    deck = Deck(report, db, template)
    deck.cover()
    for section in content.sections(report):
        deck.add(section)
    return deck.bytes()


class Deck:
    """A presentation being written: slides are added in order, then `bytes` closes it."""

    def __init__(self, report: Report, db: Database | None, template: Path | None = None) -> None:
        self.report, self.db = report, db
        if template is None:
            self.file = Presentation()
            self.file.slide_width, self.file.slide_height = Cm(WIDTH), Cm(HEIGHT)
            _theme(self.file)
            self.layout = _layouts(self.file)
        else:
            self.file = _opened(template)
            self.layout = _plainest(self.file)
        properties = self.file.core_properties
        properties.title = french.office(
            f"Diagnostic de territoire : {french.name(report.territory, long=True)}"
        )
        properties.language, properties.author = "fr-FR", "Diagnostic territorial CTG"
        properties.subject = french.office(" · ".join(f"{k} : {v}" for k, v in content.facts(report)))[:250]
        properties.keywords = "territoire fictif" if report.context.fictional else ""

    def bytes(self) -> bytes:
        for slide in self.file.slides:
            _language(slide._element)
            _themed(slide._element)
            for relation in slide.part.rels.values():
                if relation.reltype.endswith("/chart"):
                    _language(relation.target_part._element)
                    _themed(relation.target_part._element)
            if slide.has_notes_slide:
                _language(slide.notes_slide._element)
        buffer = io.BytesIO()
        self.file.save(buffer)
        return buffer.getvalue()

    def cover(self) -> None:
        report, slide = self.report, self.file.slides.add_slide(self.layout)
        context, name = report.context, french.capitalised(french.name(report.territory, long=True))
        for placeholder in list(slide.placeholders):
            if placeholder.placeholder_format.type != 1 and placeholder.placeholder_format.idx != 0:
                placeholder._element.getparent().remove(placeholder._element)
        band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Cm(0.5), Cm(HEIGHT))
        band.fill.solid()
        band.fill.fore_color.rgb = _rgb("territory")
        band.line.fill.background()
        _decorative(band)
        title = slide.shapes.title
        title.left, title.top, title.width, title.height = Cm(1.6), Cm(3.2), Cm(20), Cm(6.4)
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        _write(title.text_frame, [(name, 40 if len(name) <= 45 else 32, True, "ink")])
        lines = [
            ("Diagnostic de territoire en vue de la convention territoriale globale", 18, False, "muted"),
            (content.written_day(context.date), 18, False, "muted"),
        ]
        if context.fictional:
            lines.append((content.FICTIONAL, 18, True, "attention"))
        _text(slide, 1.6, 9.9, 20, 3, lines)
        size = [french.quantity(context.communes, "commune", "communes")]
        if context.population is not None:
            size.append(
                french.quantity(context.population, "habitant", "habitants")
                + (f" ({context.population_year})" if context.population_year else "")
            )
        size += [french.name(parent) for parent in context.parents[:2]]
        producers = ", ".join(dict.fromkeys(source.producer for source in report.sources))
        _text(
            slide,
            1.6,
            15.2,
            20,
            2.6,
            [
                (" · ".join(size), 13, False, "muted"),
                (f"Données ouvertes : {producers}" if producers else "", 13, False, "muted"),
                (
                    f"Géographie des communes : {context.geography}. Comparé avec : {report.reference_label}.",
                    13,
                    False,
                    "muted",
                ),
            ],
        )
        if self.db is not None:
            block = content.Map("", "locator", f"Situation {french.of(report.territory)}")
            self._map(slide, block, 22.5, 4.2, 9.5, 9.5)
        self._notes(slide, tuple(f"{label} : {text}" for label, text in content.facts(report)))

    def add(self, section: content.Section) -> None:
        slide = self.file.slides.add_slide(self.layout)
        size = 26 if len(section.title) <= 112 else 20 if len(section.title) <= 190 else 16
        _write(slide.shapes.title.text_frame, [(section.title, size, True, "ink")])
        by_idx = {p.placeholder_format.idx: p for p in slide.placeholders}
        kicker, source = (
            (section.kicker, 12, True, "territory"),
            (_cut(section.source, 270), 10, False, "muted"),
        )
        if slide.slide_layout.name == OUR_LAYOUT:
            _write(by_idx[13].text_frame, [kicker])
            _write(by_idx[14].text_frame, [source])
        else:
            self._in_a_template(slide, kicker, source)
        self._footer(slide)
        self._place(slide, section)
        self._notes(slide, section.notes)

    def _in_a_template(self, slide, kicker, source) -> None:
        """A stranger's layout has no place for them: boxes of ours; its other placeholders would stay empty."""
        for placeholder in list(slide.placeholders):
            if placeholder.placeholder_format.idx != 0:
                placeholder._element.getparent().remove(placeholder._element)
        title = slide.shapes.title
        if title.top is None or title.top < Cm(1.45) or title.top + title.height > Cm(TOP):
            _set(title, LEFT, 1.55, CONTENT, 2.35)
            title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
            title.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        _text(slide, LEFT, 0.8, CONTENT, 0.65, [kicker])
        _text(slide, LEFT, 16.95, CONTENT, 0.8, [source], anchor=MSO_ANCHOR.BOTTOM)

    def _place(self, slide, section: content.Section) -> None:
        columns = [
            (share, [b for b in blocks if self.db is not None or not isinstance(b, content.Map)])
            for share, blocks in section.columns
        ]
        columns = [(share, blocks) for share, blocks in columns if blocks]
        whole, gutter, x = sum(share for share, _ in columns), 0.8, LEFT
        room = CONTENT - gutter * (len(columns) - 1)
        for share, blocks in columns:
            width = room * share / whole
            y = TOP
            for i, block in enumerate(blocks):
                height = (TALL - (y - TOP)) / (len(blocks) - i)
                DRAW[type(block)](self, slide, block, x, y, width, height)
                y += height
            x += width + gutter

    def _notes(self, slide, notes) -> None:
        said = [french.office(note) for note in notes if note]
        slide.notes_slide.notes_text_frame.text = "\n".join(said) or "Sans chiffre."

    def _footer(self, slide) -> None:
        report = self.report
        text = f"{french.name(report.territory)} · diagnostic du {content.written_day(report.context.date)}"
        if report.context.fictional:
            text = f"Territoire fictif · {text}"
        for shape in self.layout.placeholders:
            kind = shape.placeholder_format.type
            if kind in (15, 13):
                clone = copy.deepcopy(shape._element)
                slide.shapes._spTree.append(clone)
                clone.find(qn("p:nvSpPr")).find(qn("p:cNvPr")).set("id", str(900 + kind))
                if kind == 15:
                    body = clone.find(qn("p:txBody"))
                    for node in body.findall(qn("a:p")):
                        body.remove(node)
                    paragraph = etree.SubElement(body, qn("a:p"))
                    run = etree.SubElement(paragraph, qn("a:r"))
                    style = etree.SubElement(run, qn("a:rPr"), lang="fr-FR", sz="1000")
                    fill = etree.SubElement(style, qn("a:solidFill"))
                    etree.SubElement(fill, qn("a:srgbClr"), val=COLOURS["muted"])
                    etree.SubElement(run, qn("a:t")).text = french.office(_cut(text, 120))

    # --- Blocks

    def _cards(self, slide, block: content.Cards, x, y, w, h) -> None:
        tall = min(3.1, h / len(block.items))
        narrow = w < 20
        left = 4.6 if narrow else 6.6
        for i, card in enumerate(block.items):
            top = y + i * tall
            if i:
                _rule(slide, x, top, x + w, top)
            size = (28 if narrow else 38) if len(card.figure) <= 7 else (22 if narrow else 28)
            _text(
                slide,
                x,
                top + 0.15,
                left,
                tall - 0.3,
                [
                    (card.figure, size, True, "attention" if card.alert else "territory"),
                    (card.unit, 12, False, "muted"),
                ],
                anchor=MSO_ANCHOR.MIDDLE,
            )
            sentence = (16 if narrow else 20) if len(card.sentence) < 110 else (13 if narrow else 16)
            detail = (12 if narrow else 14) if len(card.detail) < 150 else 11
            _text(
                slide,
                x + left + 0.3,
                top + 0.15,
                w - left - 0.3,
                tall - 0.3,
                [
                    (card.sentence, sentence, True, "ink"),
                    (card.detail, detail, False, "muted"),
                ],
                anchor=MSO_ANCHOR.MIDDLE,
            )

    def _text_block(self, slide, block: content.Text, x, y, w, h) -> None:
        _rule(slide, x - 0.3, y + 0.1, x - 0.3, y + h - 0.2)
        lines = []
        length = sum(len(text) for _, text, _ in block.items)
        size = 13 if length < 420 else 11.5
        for heading, text, alert in block.items:
            lines += [(heading, 15, True, "attention" if alert else "muted"), (text, size, False, "ink")]
        _text(slide, x + 0.1, y, w - 0.1, h, lines)

    def _table(self, slide, block: content.Table, x, y, w, h) -> None:
        count = len(block.rows) + 1
        size, heights = _fitted(block, w, h)
        shape = slide.shapes.add_table(count, len(block.header), Cm(x), Cm(y), Cm(w), Cm(sum(heights)))
        shape._element.nvGraphicFramePr.cNvPr.set("descr", french.office(_table_alt(block)))
        table = shape.table
        properties = table._tbl.tblPr
        properties.set("bandRow", "0")
        properties.find(qn("a:tableStyleId")).text = NO_GRID
        whole = sum(block.widths)
        for i, share in enumerate(block.widths):
            table.columns[i].width = Cm(w * share / whole)
        for r, row in enumerate((block.header, *block.rows)):
            table.rows[r].height = Cm(heights[r])
            for c, cell in enumerate(row):
                strong = c == 0 or (block.total and r == count - 1)
                colour = "muted" if r == 0 or cell == french.UNKNOWN else "ink"
                before = c > 0 and (c - 1) in block.numeric and c not in block.numeric
                _cell(
                    table.cell(r, c),
                    cell,
                    min(size, 13) if r == 0 else size,
                    r == 0 or (strong and len(row) > 1),
                    colour,
                    c in block.numeric,
                    0.7 if before else 0.05,
                    r == 0,
                )

    def _map(self, slide, block: content.Map, x, y, w, h) -> None:
        if self.db is None:
            return
        figure = picture.draw_map(block, self.report, self.db, w, h, 1.25)
        if figure is None:
            return
        image = picture.rendered(figure, "png", 200)
        shape = slide.shapes.add_picture(io.BytesIO(image), Cm(x), Cm(y), Cm(w), Cm(h))
        shape._element.nvPicPr.cNvPr.set("descr", french.office(block.alt))
        shape.name = "Carte"

    def _stacked(self, slide, block: content.Stacked, x, y, w, h) -> None:
        data = CategoryChartData(number_format=DECIMAL)
        data.categories = [french.office(label) for label, _, _ in block.rows]
        for i, series in enumerate(block.series):
            data.add_series(french.office(series), [values[i] for _, values, _ in block.rows])
        totals = [
            total if total is not None else sum(v for v in values if v is not None)
            for _, values, total in block.rows
        ]
        top = nice_ceiling(max(totals) * 1.1)
        _text(slide, x, y, w, 0.7, [(block.caption, 13, True, "muted")])
        layout = (0.235, 0.02, 0.69, 0.96)
        self._legend(slide, block, x + 0.235 * w, y + 0.85, w * 0.72)
        y, h = y + 1.6, min(h - 1.6, 2.4 * len(block.rows) + 0.6)
        frame = _chart(slide, XL_CHART_TYPE.BAR_STACKED, data, x, y, w, h, block.caption)
        plot = frame.chart.plots[0]
        plot.gap_width, plot.overlap, plot.vary_by_categories = 45, 100, False
        _value_axis(frame.chart, 0, top, hidden=True)
        _category_axis(frame.chart, 13)
        for series, role in zip(plot.series, block.roles, strict=True):
            _fill(series, role)
            labels = series.data_labels
            _labels(labels, DECIMAL, 13, ink_on(role), XL_LABEL_POSITION.CENTER)
            small = [i for i, v in enumerate(series.values) if v is not None and v / top < 0.045]
            for i in small:
                _no_label(series, i)
        _inner(frame.chart, layout)
        row = h * layout[3] / len(block.rows)
        for i, total in enumerate(totals):
            if block.rows[i][2] is None:
                continue
            end = x + w * (layout[0] + layout[2] * total / top) + 0.2
            _text(
                slide,
                end,
                y + h * layout[1] + row * (i + 0.5) - 0.45,
                2.4,
                0.9,
                [(french.number(total, 1), 16, True, "territory" if i == 0 else "ink")],
                anchor=MSO_ANCHOR.MIDDLE,
            )

    def _legend(self, slide, block: content.Stacked, x, y, w) -> None:
        for series, role in zip(block.series, block.roles, strict=True):
            square = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(x), Cm(y + 0.13), Cm(0.4), Cm(0.4))
            square.fill.solid()
            square.fill.fore_color.rgb = _rgb(role)
            square.line.fill.background()
            _decorative(square)
            width = 0.24 * len(series) + 0.5
            _text(slide, x + 0.5, y, width + 0.6, 0.65, [(series, 12, False, "ink")])
            x += width + 0.9

    def _ranked(self, slide, block: content.Ranked, x, y, w, h) -> None:
        number = DECIMAL if block.decimals else THOUSANDS
        data = CategoryChartData(number_format=number)
        data.categories = [french.office(name) for name, _, _ in block.rows]
        data.add_series(french.office(block.caption), [value for _, value, _ in block.rows])
        every = [value for _, value, _ in block.rows] + [value for _, value, _ in block.references]
        top = nice_ceiling(max(every) * 1.02)
        _text(
            slide,
            x,
            y,
            w,
            0.7,
            [(block.caption, 12 if len(block.caption) < w * 3.4 else 10.5, True, "muted")],
        )
        over = 2.0 if len(block.references) > 1 else 1.55 if block.references else 0.9
        chart_y, chart_h = y + over, min(h - over, max(3.0, 0.95 * len(block.rows)))
        names = max(len(name) for name, _, _ in block.rows)
        left = min(0.45, max(0.14, names * 0.23 / w))
        layout = (left, 0.01, 0.985 - left, 0.98)
        frame = _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, x, chart_y, w, chart_h, block.caption)
        plot = frame.chart.plots[0]
        plot.gap_width, plot.vary_by_categories = 38, False
        _value_axis(frame.chart, 0, top, hidden=True)
        _category_axis(frame.chart, 12 if len(block.rows) <= 18 else 10)
        series = plot.series[0]
        _fill(series, "other")
        _labels(series.data_labels, number, 11, COLOURS["ink"], XL_LABEL_POSITION.INSIDE_BASE, bold=True)
        for i, (_, _, alert) in enumerate(block.rows):
            if alert:
                point = series.points[i]
                point.format.fill.solid()
                point.format.fill.fore_color.rgb = _rgb("attention")
                point.data_label.font.color.rgb = RGBColor(255, 255, 255)
                point.data_label.font.size, point.data_label.font.bold = Pt(11), True
                _point_label(point, number)
        _inner(frame.chart, layout)
        self._reference_lines(slide, block, frame, x, chart_y, w, chart_h, layout, top)

    def _reference_lines(self, slide, block, frame, x, y, w, h, layout, top) -> None:
        """Dashed lines on the fixed axis, grouped with the chart so that they scale with it."""
        shapes, placed = [], []
        for label, value, alert in block.references:
            at = x + w * (layout[0] + layout[2] * value / top)
            role = "attention" if alert else "ink"
            line = _rule(slide, at, y, at, y + h, role, 1.5, dash=True)
            text = f"{label} {french.number(value, block.decimals)}"
            width = 0.215 * len(text) + 0.3
            placed.append([at, width, text, role])
            shapes.append(line)
        placed.sort()
        for i, (at, width, text, role) in enumerate(placed):
            before = (i == 0 and len(placed) > 1) or (len(placed) == 1 and at + width > x + w)
            left = at - width if before else at
            left = max(x, min(left + (0 if before else 0.08), x + w + 0.7 - width))
            shapes.append(
                _text(
                    slide,
                    left,
                    y - (1.2 if before and len(placed) > 1 else 0.7),
                    width,
                    0.6,
                    [(text, 11, True, role)],
                    align=PP_ALIGN.RIGHT if before else PP_ALIGN.LEFT,
                )
            )
        if shapes:
            group = slide.shapes.add_group_shape()
            group.name = "Graphique et références"
            for element in (frame._element, *(shape._element for shape in shapes)):
                group._element.append(element)
            group._element.recalculate_extents()

    def _strips(self, slide, block: content.Strips, x, y, w, h) -> None:
        left, right = 9.0, 6.4
        keys = [
            (f"●  {french.capitalised(_cut(block.own, 28))}", "territory"),
            (f"●  {_cut(block.others, 34)}", "muted"),
        ]
        if block.reference:
            keys.append((f"|  {_cut(block.reference, 20)}", "attention"))
        size = 12 if sum(len(text) for text, _ in keys) < 58 else 10
        at = x + left
        for text, role in keys:
            width = 0.0195 * size * len(text) + 0.4
            _text(slide, at, y, width, 0.7, [(text, size, True, role)])
            at += width + 0.1
        _text(slide, x + w - right, y, 3.2, 0.7, [("Valeur", 12, False, "muted")], align=PP_ALIGN.RIGHT)
        _text(slide, x + w - 3, y, 3, 0.7, [("Rang", 12, False, "muted")], align=PP_ALIGN.RIGHT)
        tall = min(2.32, (h - 0.8) / len(block.rows))
        for i, strip in enumerate(block.rows):
            top = y + 0.85 + i * tall
            _rule(slide, x, top, x + w, top)
            _text(
                slide,
                x,
                top + 0.1,
                left - 0.3,
                tall - 0.2,
                [(strip.label, 15, True, "ink"), (_cut(strip.unit, 48), 11, False, "muted")],
                anchor=MSO_ANCHOR.MIDDLE,
            )
            self._strip_chart(slide, strip, x + left - 0.4, top + 0.15, w - left - right + 0.6, tall - 0.2)
            _text(
                slide,
                x + w - right,
                top,
                3.2,
                tall,
                [(french.number(strip.own, strip.decimals), 20, True, "territory")],
                anchor=MSO_ANCHOR.MIDDLE,
                align=PP_ALIGN.RIGHT,
            )
            _text(
                slide,
                x + w - 3.1,
                top,
                3.1,
                tall,
                [(strip.rank, 15, True, "muted")],
                anchor=MSO_ANCHOR.MIDDLE,
                align=PP_ALIGN.RIGHT,
            )

    def _strip_chart(self, slide, strip: content.Strip, x, y, w, h) -> None:
        number = DECIMAL if strip.decimals else THOUSANDS
        data = XyChartData(number_format=number)
        every = [*strip.others, strip.own] + ([strip.reference] if strip.reference is not None else [])
        series = [("Autres", strip.others, "other", XL_MARKER_STYLE.CIRCLE, 7)]
        if strip.reference is not None:
            series.append(("Référence", (strip.reference,), "attention", XL_MARKER_STYLE.DIAMOND, 9))
        series.append(("Territoire", (strip.own,), "territory", XL_MARKER_STYLE.CIRCLE, 14))
        for name, values, *_ in series:
            one = data.add_series(name)
            for value in values:
                one.add_data_point(value, 1)
        low, high, step = nice_range(min(every), max(every))
        frame = _chart(slide, XL_CHART_TYPE.XY_SCATTER, data, x, y, w, h, f"{strip.label} : {strip.rank}")
        chart = frame.chart
        for one, (_, _, role, marker, size) in zip(chart.plots[0].series, series, strict=True):
            _marker(one, role, marker, size)
        axis = chart.category_axis
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = low, high, step
        axis.has_major_gridlines = False
        axis.major_tick_mark = XL_TICK_MARK.NONE
        axis.tick_labels.font.size = Pt(11)
        axis.tick_labels.font.color.rgb = _rgb("muted")
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = (
            (DECIMAL if step < 1 else THOUSANDS),
            False,
        )
        axis.format.line.color.rgb = _rgb("muted")
        _value_axis(chart, 0, 2, hidden=True)
        _inner(chart, (0.03, 0.02, 0.93, 0.6))

    def _lines(self, slide, block: content.Lines, x, y, w, h) -> None:
        _text(slide, x, y, w, 1.2, [(block.caption, 15, True, "ink")])
        number = DECIMAL if block.decimals else THOUSANDS
        data = XyChartData(number_format=number)
        for line in block.series:
            series = data.add_series(french.office(line.name or block.caption))
            for year, value in line.points:
                series.add_data_point(year, value)
        frame = _chart(
            slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data, x, y + 1.2, w, h - 1.2, block.caption
        )
        chart = frame.chart
        values = [v for line in block.series for _, v in line.points]
        years = [t for line in block.series for t, _ in line.points]
        low, high, step = nice_range(min(values) * 0.82, max(values))
        low = max(0.0, low)
        _value_axis(chart, low, high, hidden=False, step=step, number=number)
        axis = chart.category_axis
        axis.minimum_scale, axis.maximum_scale = min(years), max(years)
        axis.major_unit = 5 if max(years) - min(years) > 12 else 2 if max(years) - min(years) > 5 else 1
        axis.has_major_gridlines, axis.major_tick_mark = False, XL_TICK_MARK.NONE
        axis.tick_labels.font.size = Pt(12)
        axis.tick_labels.font.color.rgb = _rgb("muted")
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
        axis.format.line.color.rgb = _rgb("muted")
        spots = spread([line.points[-1][1] for line in block.series], (high - low) * 0.075)
        for series, line in zip(chart.plots[0].series, block.series, strict=True):
            series.format.line.width = Pt(2.75)
            series.format.line.color.rgb = _rgb(line.role)
            series.smooth = False
            if line.dash:
                series.format.line.dash_style = MSO_LINE.DASH
        layout = (0.13, 0.02, 0.6, 0.86)
        _inner(chart, layout)
        for line, spot in zip(block.series, spots, strict=True):
            year, value = line.points[-1]
            at_x = x + w * (layout[0] + layout[2] * (year - min(years)) / max(1, max(years) - min(years)))
            at_y = y + 1.2 + (h - 1.2) * (layout[1] + layout[3] * (1 - (spot - low) / (high - low)))
            if line.name and not line.dash and len(block.series) > 1 and year != max(years):
                continue
            _text(
                slide,
                at_x + 0.1,
                at_y - 0.4,
                w * 0.28,
                0.8,
                [(f"{line.name} {french.number(value, block.decimals)}".strip(), 12, True, line.role)],
                anchor=MSO_ANCHOR.MIDDLE,
            )

    def _scatter(self, slide, block: content.Scatter, x, y, w, h) -> None:
        _text(slide, x, y, w, 1.2, [(block.caption, 13, True, "muted")])
        groups = [
            ("Communes", [p for p in block.points if not p[3]], "other"),
            ("Communes avec quartier prioritaire", [p for p in block.points if p[3]], "qpv"),
        ]
        groups = sorted((g for g in groups if g[1]), key=lambda g: -len(g[1]))
        data = XyChartData(number_format=DECIMAL)
        for name, points, _ in groups:
            series = data.add_series(name)
            for _, px, py, _ in points:
                series.add_data_point(px, py)
        frame = _chart(slide, XL_CHART_TYPE.XY_SCATTER, data, x, y + 1.2, w, h - 1.2, block.caption)
        chart = frame.chart
        for series, (_, _, role) in zip(chart.plots[0].series, groups, strict=True):
            _marker(series, role, XL_MARKER_STYLE.CIRCLE, 9)
        xs, ys = [p[1] for p in block.points], [p[2] for p in block.points]
        ys += [block.reference[1]] if block.reference else []
        xlow, xhigh, xstep = nice_range(min(xs), max(xs))
        ylow, yhigh, ystep = nice_range(min(ys), max(ys))
        _value_axis(chart, ylow, yhigh, hidden=False, step=ystep, number=THOUSANDS)
        axis = chart.category_axis
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = xlow, xhigh, xstep
        axis.has_major_gridlines, axis.major_tick_mark = False, XL_TICK_MARK.NONE
        axis.tick_labels.font.size = Pt(11)
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
        layout = (0.09, 0.07, 0.86, 0.74)
        _inner(chart, layout)
        top, tall = y + 1.2, h - 1.2
        _text(slide, x, top - 0.35, w, 0.6, [(block.y_title, 11, False, "muted")])
        _text(
            slide,
            x + w * 0.4,
            top + tall - 0.9,
            w * 0.58,
            0.7,
            [(block.x_title, 11, False, "muted")],
            align=PP_ALIGN.RIGHT,
        )

        def at(px: float, py: float) -> tuple[float, float]:
            return (
                x + w * (layout[0] + layout[2] * (px - xlow) / (xhigh - xlow)),
                top + tall * (layout[1] + layout[3] * (1 - (py - ylow) / (yhigh - ylow))),
            )

        if block.reference:
            _, ry = at(xlow, block.reference[1])
            _rule(
                slide,
                x + w * layout[0],
                ry,
                x + w * (layout[0] + layout[2]),
                ry,
                "attention",
                1.25,
                dash=True,
            )
            _text(
                slide,
                x + w * (layout[0] + layout[2]) - 5,
                ry - 0.6,
                5,
                0.55,
                [(f"{block.reference[0]} {french.number(block.reference[1], 1)}", 11, True, "attention")],
                align=PP_ALIGN.RIGHT,
            )
        _scatter_names(slide, block, at, (x, top, x + w, top + tall))


def _scatter_names(slide, block: content.Scatter, at: Callable, limits) -> None:
    """Greedy: most extreme commune first, four positions; no free place, no label."""
    spots = [at(p[1], p[2]) for p in block.points]
    taken = [(sx - 0.2, sy - 0.2, sx + 0.2, sy + 0.2) for sx, sy in spots]
    if block.reference:
        _, ry = at(block.points[0][1], block.reference[1])
        taken.append((limits[2] - 6, ry - 0.65, limits[2], ry + 0.1))
    order = sorted(range(len(spots)), key=lambda i: -block.points[i][1])
    for i in order[:14]:
        sx, sy = spots[i]
        w, h = 0.19 * len(block.points[i][0]) + 0.3, 0.5
        for left, top in (
            (sx + 0.25, sy - h / 2),
            (sx - w - 0.25, sy - h / 2),
            (sx - w / 2, sy - h - 0.2),
            (sx - w / 2, sy + 0.2),
        ):
            box = (left, top, left + w, top + h)
            if left < limits[0] or box[2] > limits[2] or top < limits[1] or box[3] > limits[3]:
                continue
            if all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in taken):
                taken.append(box)
                _text(
                    slide,
                    left,
                    top,
                    w,
                    h,
                    [(block.points[i][0], 10, False, "ink")],
                    anchor=MSO_ANCHOR.MIDDLE,
                )
                break


DRAW: dict[type, Callable] = {
    content.Cards: Deck._cards,
    content.Table: Deck._table,
    content.Stacked: Deck._stacked,
    content.Ranked: Deck._ranked,
    content.Strips: Deck._strips,
    content.Lines: Deck._lines,
    content.Scatter: Deck._scatter,
    content.Map: Deck._map,
    content.Text: Deck._text_block,
}


# --- Theme and layouts -----------------------------------------------------------------------------


def _theme(file) -> None:
    """Our colours and Arial in the theme of the master."""
    part = next(
        rel.target_part for rel in file.slide_master.part.rels.values() if rel.reltype.endswith("/theme")
    )
    root = etree.fromstring(part.blob)
    scheme = root.find(f".//{{{A}}}clrScheme")
    for slot, role in SCHEME.items():
        node = scheme.find(f"{{{A}}}{slot}")
        for child in list(node):
            node.remove(child)
        etree.SubElement(node, f"{{{A}}}srgbClr", val=COLOURS[role] if role else "FFFFFF")
    for latin in root.findall(f".//{{{A}}}fontScheme//{{{A}}}latin"):
        latin.set("typeface", "Arial")
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _opened(template: Path):
    """The collectivity's file without its slides. Raises DiagnosticError unless it is a 16:9 .pptx."""
    try:
        file = Presentation(str(template))
    except Exception as error:
        raise DiagnosticError(
            f"« {template.name} » n’est pas un modèle PowerPoint lisible : enregistrez-le au format .pptx.",
            code=2,
        ) from error
    if abs(file.slide_width - Cm(WIDTH)) > Cm(0.1) or abs(file.slide_height - Cm(HEIGHT)) > Cm(0.1):
        raise DiagnosticError(
            f"Le modèle « {template.name} » n’est pas en grand écran : choisissez 16:9 (33,87 × 19,05 cm) dans "
            "Création, Taille des diapositives.",
            code=2,
        )
    ids = file.slides._sldIdLst
    for slide in list(ids):
        file.part.drop_rel(slide.rId)
        ids.remove(slide)
    return file


def _plainest(file):
    """The layout with a title and the fewest other placeholders. Raises DiagnosticError when none has a title."""
    titled = [
        layout
        for layout in file.slide_layouts
        if any(p.placeholder_format.type == 1 for p in layout.placeholders)
    ]
    if not titled:
        raise DiagnosticError(
            "Aucune disposition du modèle n’a de titre : ajoutez-en une, puis recommencez.", code=2
        )
    return min(titled, key=lambda layout: len(layout.placeholders))


def _themed(root) -> None:
    """Our first colours become those of the theme, so that a change of theme recolours text and charts."""
    slots = {COLOURS[role]: slot for role, slot in THEMED.items()}
    for node in list(root.iter(f"{{{A}}}srgbClr")):
        slot = slots.get(node.get("val"))
        if slot is not None:
            node.tag = f"{{{A}}}schemeClr"
            node.set("val", slot)


def _layouts(file):
    """Keep one layout, "Message": kicker, title, source, footer and slide number; the others are removed."""
    keep = file.slide_layouts[5]
    for layout in list(file.slide_layouts):
        if layout is not keep:
            file.slide_layouts.remove(layout)
    keep.name = OUR_LAYOUT
    for level in file.slide_master._element.iter(qn("p:titleStyle")):
        for style in level.iter(qn("a:lvl1pPr")):
            style.set("algn", "l")
    for shape in list(keep.placeholders):
        kind = shape.placeholder_format.type
        if kind == 1:
            _set(shape, LEFT, 1.55, CONTENT, 2.35)
            shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
            shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
            body = shape.text_frame._txBody.find(qn("a:bodyPr"))
            for child in list(body):
                body.remove(child)
        elif kind == 15:
            _set(shape, LEFT, 17.85, 24, 0.7)
        elif kind == 13:
            _set(shape, LEFT + CONTENT - 3, 17.85, 3, 0.7)
        else:
            shape._element.getparent().remove(shape._element)
    for shape in keep.placeholders:
        if shape.placeholder_format.type in (13, 15):
            _small(shape, "r" if shape.placeholder_format.type == 13 else "l")
    for idx, name, y, h, anchor in ((13, "Rubrique", 0.8, 0.65, "t"), (14, "Source", 16.95, 0.8, "b")):
        keep.placeholders._element.append(_placeholder(idx, name, y, h, anchor))
    return keep


def _set(shape, x, y, w, h) -> None:
    shape.left, shape.top, shape.width, shape.height = Cm(x), Cm(y), Cm(w), Cm(h)


def _small(shape, align: str) -> None:
    body = shape._element.find(qn("p:txBody"))
    body.find(qn("a:bodyPr")).attrib.update(
        {"lIns": "0", "rIns": "0", "tIns": "0", "bIns": "0", "anchor": "ctr"}
    )
    style = body.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    style.append(_level(align, 1000, False))


def _level(align: str, size: int, bold: bool):
    xml = (
        f'<a:lvl1pPr xmlns:a="{A}" marL="0" indent="0" algn="{align}"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr lang="fr-FR" sz="{size}" b="{int(bold)}"><a:solidFill><a:schemeClr val="{"accent1" if bold else "tx2"}"/>'
        "</a:solidFill></a:defRPr></a:lvl1pPr>"
    )
    return etree.fromstring(xml)


def _placeholder(idx: int, name: str, y: float, h: float, anchor: str):
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    xml = (
        f'<p:sp xmlns:p="{p}" xmlns:a="{A}"><p:nvSpPr><p:cNvPr id="{100 + idx}" name="{name}"/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" sz="quarter" idx="{idx}"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{Cm(LEFT)}" y="{Cm(y)}"/><a:ext cx="{Cm(CONTENT)}" cy="{Cm(h)}"/></a:xfrm></p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"/><a:lstStyle/><a:p><a:r>'
        f'<a:rPr lang="fr-FR"/><a:t>{name}</a:t></a:r></a:p></p:txBody></p:sp>'
    )
    element = etree.fromstring(xml)
    element.find(f"{{{p}}}txBody").find(f"{{{A}}}lstStyle").append(
        _level("l", 1200 if idx == 13 else 1000, idx == 13)
    )
    from pptx.oxml import parse_xml

    return parse_xml(etree.tostring(element))


# --- Text, tables, marks ---------------------------------------------------------------------------


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _rgb(role: str) -> RGBColor:
    return RGBColor.from_string(COLOURS[role])


def _write(frame, lines, align=None) -> None:
    """Paragraphs `(text, points, bold, role)` in a text frame without margins."""
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = True if frame.word_wrap is None else frame.word_wrap
    paragraphs = [line for line in lines if line[0]]
    for i, (text, size, bold, role) in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = french.office(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = _rgb(role)
        if align is not None:
            paragraph.alignment = align
        if i:
            paragraph.space_before = Pt(3)


def _text(slide, x, y, w, h, lines, *, anchor=MSO_ANCHOR.TOP, align=None):
    box = slide.shapes.add_textbox(Cm(x), Cm(y), Cm(max(w, 0.5)), Cm(max(h, 0.3)))
    box.text_frame.word_wrap = True
    box.text_frame.vertical_anchor = anchor
    _write(box.text_frame, lines, align)
    return box


def _rule(slide, x1, y1, x2, y2, role="rule", points=0.75, dash=False):
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Cm(x1), Cm(y1), Cm(x2), Cm(y2))
    style = line._element.find(qn("p:style"))
    if style is not None:
        line._element.remove(style)
    line.line.color.rgb, line.line.width = _rgb(role), Pt(points)
    if dash:
        line.line.dash_style = MSO_LINE.DASH
    _decorative(line)
    return line


def _decorative(shape) -> None:
    properties = shape._element.xpath(".//p:cNvPr")[0]
    xml = (
        f'<a:extLst xmlns:a="{A}"><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}"><adec:decorative '
        'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
    )
    properties.append(etree.fromstring(xml))


def _cell(cell, text, size, bold, role, right, margin, header) -> None:
    cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom = (
        Cm(margin),
        Cm(0.2),
        Cm(0.03),
        Cm(0.03),
    )
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if header else MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    if text:
        run = paragraph.add_run()
        run.text = french.office(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = _rgb(role)
    # An empty cell would else be as high as a line of 18 points.
    etree.SubElement(paragraph._p, qn("a:endParaRPr"), sz=str(int(size * 100)))
    properties = cell._tc.get_or_add_tcPr()
    for side in ("lnL", "lnR", "lnT"):
        etree.SubElement(etree.SubElement(properties, qn(f"a:{side}"), w="0"), qn("a:noFill"))
    bottom = etree.SubElement(properties, qn("a:lnB"), w=str(Pt(1) if header else Pt(0.5)))
    fill = etree.SubElement(bottom, qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr"), val=COLOURS["ink" if header else "rule"])
    etree.SubElement(properties, qn("a:noFill"))


def _fitted(block: content.Table, w: float, h: float) -> tuple[float, list[float]]:
    """The largest size at which the rows hold in `h`, and the height of each, header first."""
    whole = sum(block.widths)
    heights: list[float] = []
    size = 16.0
    for size in (16, 14, 13, 12, 11, 10, 9, 8):
        heights = []
        for row in (block.header, *block.rows):
            points = min(size, 13) if row is block.header else size
            lines = max(
                _lines_of(cell, w * share / whole - 0.4, points)
                for cell, share in zip(row, block.widths, strict=True)
            )
            heights.append(lines * points * 0.0353 * 1.22 + 0.2)
        if sum(heights) <= 0.95 * h:
            break
    spare = max(0.0, 0.95 * h - sum(heights)) / len(heights)
    return size, [height + min(spare, max(0.0, 1.35 - height)) for height in heights]


def _lines_of(text: str, width: float, points: float) -> int:
    """Lines of a text in Arial: words are not cut, a letter is half its size wide on average."""
    per_line = max(1.0, width / (points * 0.0353 * 0.53))
    lines, used = 1, 0
    for word in text.split(" "):
        if used and used + 1 + len(word) > per_line:
            lines, used = lines + 1, 0
        used += len(word) + (1 if used else 0)
        while used > per_line:
            lines, used = lines + 1, used - int(per_line)
    return lines


def _table_alt(block: content.Table) -> str:
    return f"Tableau : {block.caption}. Colonnes : {', '.join(filter(None, block.header))}. {len(block.rows)} lignes."


# --- Charts ----------------------------------------------------------------------------------------


def _chart(slide, kind, data, x, y, w, h, alt: str):
    frame = slide.shapes.add_chart(kind, Cm(x), Cm(y), Cm(w), Cm(h), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", french.office(f"Graphique : {alt}"))
    chart = frame.chart
    chart.has_legend, chart.has_title = False, False
    chart.font.size, chart.font.name = Pt(12), "+mn-lt"
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
    return frame


def _language(root) -> None:
    for tag in ("a:rPr", "a:defRPr", "a:endParaRPr"):
        for node in root.iter(qn(tag)):
            node.set("lang", "fr-FR")


def _value_axis(chart, low, high, *, hidden, step=None, number=None) -> None:
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale = low, high
    axis.has_major_gridlines = not hidden
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.fill.background()
    if hidden:
        axis.visible = False
        return
    axis.major_gridlines.format.line.color.rgb, axis.major_gridlines.format.line.width = (
        _rgb("ground"),
        Pt(0.75),
    )
    axis.tick_labels.font.size = Pt(12)
    axis.tick_labels.font.color.rgb = _rgb("muted")
    if step is not None:
        axis.major_unit = step
    if number is not None:
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = number, False


def _category_axis(chart, size: float) -> None:
    axis = chart.category_axis
    axis.reverse_order = True
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(size)
    axis.tick_labels.font.color.rgb = _rgb("ink")
    axis.format.line.fill.background()
    axis.has_major_gridlines = False
    skip = etree.Element(qn("c:tickLblSkip"), val="1")
    after = axis._element.find(qn("c:noMultiLvlLbl"))
    axis._element.insert(axis._element.index(after) if after is not None else len(axis._element), skip)


def _inner(chart, layout) -> None:
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


def _fill(series, role: str) -> None:
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = _rgb(role)


def _marker(series, role, marker, size) -> None:
    series.format.line.fill.background()
    series.marker.style, series.marker.size = marker, size
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = _rgb(role)
    series.marker.format.line.color.rgb = RGBColor(255, 255, 255)


def _labels(labels: DataLabels, number, size, colour, position, bold=False) -> None:
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = number, False
    labels.position = position
    labels.font.size, labels.font.bold = Pt(size), bold
    labels.font.color.rgb = RGBColor.from_string(colour)


def _point_label(point, number: str) -> None:
    """A label of its own shows the value and nothing else."""
    label = point.data_label._dLbl
    for name in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"):
        node = label.find(qn(f"c:{name}"))
        if node is not None:
            node.set("val", "1" if name == "showVal" else "0")
    point.data_label.position = XL_LABEL_POSITION.INSIDE_BASE
    if label.find(qn("c:numFmt")) is None:
        node = etree.Element(qn("c:numFmt"), formatCode=number, sourceLinked="0")
        label.insert(1, node)


def _no_label(series, index: int) -> None:
    labels = series.data_labels._element
    node = etree.Element(qn("c:dLbl"))
    etree.SubElement(node, qn("c:idx"), val=str(index))
    etree.SubElement(node, qn("c:delete"), val="1")
    labels.insert(
        index if index < len(labels.findall(qn("c:dLbl"))) else len(labels.findall(qn("c:dLbl"))), node
    )
