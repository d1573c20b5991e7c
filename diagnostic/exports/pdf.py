"""The A4 report and the one-page note: typst, from memory, tagged (PDF/UA-1), in French.

No text goes through markup: it enters as JSON, so that `#`, `*` or `$` in a name are harmless.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import font_source_sans_pro
import typst

from diagnostic import french, reading
from diagnostic.exports import content, picture
from diagnostic.exports.style import COLOURS, ink_on, nice_ceiling, nice_range, spread
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.warehouse import Database

FONTS = str(Path(font_source_sans_pro.__file__).parent / "files")
MOST_SENTENCE = 120


@cache
def _template() -> bytes:
    return Path(__file__).with_name("report.typ").read_bytes()


def build(report: Report, db: Database | None = None) -> bytes:
    """The report as the bytes of a PDF."""
    drawing = _Drawing(report, db)
    sections = content.sections(report)
    data = _common(report) | {
        "kind": "report",
        "sections": [
            {
                "kicker": section.kicker,
                "title": section.title,
                "source": section.source,
                "blocks": [made for block in section.blocks if (made := drawing.block(block)) is not None],
            }
            for section in sections
            if section.id != "essentiel"
        ],
        "facts": [list(row) for row in content.facts(report)],
    }
    return _compile(data, drawing.files)


def brief(report: Report, db: Database | None = None) -> bytes:
    """The note for a mayor: one page, what to decide and what is not known included."""
    drawing = _Drawing(report, db, small=True)
    by_id = {section.id: section for section in content.sections(report)}
    left = [by_id[name].blocks[-1] for name in ("offre", "perspectives") if name in by_id]
    right = [b for b in by_id["ecart"].blocks if not isinstance(b, content.Text)] if "ecart" in by_id else []
    if not right and "portrait" in by_id:
        right = list(by_id["portrait"].blocks)
    data = _common(report) | {
        "kind": "note",
        "left": [made for block in left if (made := drawing.block(block)) is not None],
        "right": [made for block in right if (made := drawing.block(_shortened(block))) is not None],
        "decide": [french.typographic(_first(p.sentence)) for p in report.priorities[:3]],
        "unknown": unknown(report)[:4],
    }
    data["cards"] = data["cards"][:4]
    return _compile(data, drawing.files)


def unknown(report: Report) -> list[str]:
    """What is not known and whom to ask, in one line each; never empty of sense."""
    said = [
        french.typographic(content.shortened(f"{item['label']} : {item['whom'] or item['reason']}", 120))
        for item in report.unknown
    ]
    return said or ["Places des accueils de loisirs, fréquentation, listes d’attente : à demander à la Caf."]


def _shortened(block: content.Block) -> content.Block:
    """A table for half a page: five rows at most, three columns when there are more than four."""
    if not isinstance(block, content.Table):
        return block
    rows, header, widths, numeric = block.rows, block.header, block.widths, block.numeric
    if block.total and len(rows) > 5:
        rows = (*rows[:4], rows[-1])
    if len(header) > 4:
        rows = tuple(row[:3] for row in rows if row[1] != french.UNKNOWN)
        header, widths, numeric = header[:3], (0.5, 0.25, 0.25), (1, 2)
    return content.Table(block.caption, header, rows, widths, numeric, block.total)


def _first(sentence: str) -> str:
    return sentence if len(sentence) <= 2 * MOST_SENTENCE else f"{reading.title(sentence)}."


def _common(report: Report) -> dict:
    context, territory = report.context, report.territory
    name = french.capitalised(french.name(territory, long=True))
    parts = [french.quantity(context.communes, "commune", "communes")]
    if context.population is not None:
        parts.append(french.quantity(context.population, "habitant", "habitants"))
    parts += [french.name(parent) for parent in context.parents[:2]]
    parts.append(content.written_day(context.date))
    essentiel = next((s for s in content.sections(report) if s.id == "essentiel"), None)
    cards = [_card(card) for block in essentiel.blocks for card in block.items] if essentiel else []
    vintages = sorted({s.vintage for s in report.sources if s.vintage})
    producers = ", ".join(dict.fromkeys(s.producer for s in report.sources))
    footer = f"{content.written_day(context.date)} · géographie : {context.geography}"
    return {
        "title": f"Diagnostic de territoire : {name}",
        "name": name,
        "short": french.capitalised(content.called(territory)),
        "subtitle": " · ".join(parts),
        "headline": reading.title(report.headline),
        "fictional": content.FICTIONAL if context.fictional else "",
        "footer": footer + (f" · {producers} · {', '.join(vintages[:6])}" if len(producers) < 60 else ""),
        "cards": cards,
        "colours": {role: f"#{value}" for role, value in COLOURS.items()},
    }


def _card(card: content.Card) -> dict:
    return {
        "figure": card.figure,
        "unit": card.unit,
        "sentence": card.sentence,
        "detail": card.detail,
        "alert": card.alert,
    }


class _Drawing:
    """Turns blocks into what the template reads; keeps the maps as files beside it."""

    def __init__(self, report: Report, db: Database | None, *, small: bool = False) -> None:
        self.report, self.db, self.small = report, db, small
        self.files: dict[str, bytes] = {}

    def block(self, block: content.Block) -> dict | None:
        if isinstance(block, content.Map):
            return self._map(block)
        made = MAKE[type(block)](block)
        return made | {"alt": made.get("caption", "") or "Graphique"}

    def _map(self, block: content.Map) -> dict | None:
        if self.db is None:
            return None
        width, height = (8.4, 6.2) if self.small else (17.0, 11.0)
        figure = picture.draw_map(block, self.report, self.db, width, height, 0.72 if self.small else 1.1)
        if figure is None:
            return None
        name = f"map{len(self.files)}.svg"
        self.files[name] = picture.rendered(figure, "svg")
        return {"kind": "map", "caption": block.caption, "alt": block.alt, "file": name}


def _stacked(block: content.Stacked) -> dict:
    totals = [t if t is not None else sum(v for v in values if v is not None) for _, values, t in block.rows]
    return {
        "kind": "stacked",
        "caption": block.caption,
        "series": block.series,
        "roles": block.roles,
        "inks": [f"#{ink_on(role)}" for role in block.roles],
        "top": max(totals),
        "rows": [
            {
                "label": label if len(label) <= 24 or i else "Le territoire",
                "values": values,
                "texts": [french.number(v, 1) for v in values],
                "total": "" if total is None else french.number(total, 1),
            }
            for i, (label, values, total) in enumerate(block.rows)
        ],
    }


def _ranked(block: content.Ranked) -> dict:
    every = [v for _, v, _ in block.rows] + [v for _, v, _ in block.references]
    references = sorted(block.references, key=lambda r: r[1])
    return {
        "kind": "ranked",
        "caption": block.caption,
        "top": nice_ceiling(max(every) * 1.02),
        "rows": [
            {"label": name, "value": value, "alert": alert, "text": french.number(value, block.decimals)}
            for name, value, alert in block.rows
        ],
        "references": [
            {
                "text": f"{label} {french.number(value, block.decimals)}",
                "value": value,
                "role": "attention" if alert else "ink",
                "before": i == 0 and len(references) > 1,
            }
            for i, (label, value, alert) in enumerate(references)
        ],
    }


def _strips(block: content.Strips) -> dict:
    rows = []
    for strip in block.rows:
        every = [*strip.others, strip.own] + ([strip.reference] if strip.reference is not None else [])
        low, high, _ = nice_range(min(every), max(every))
        rows.append(
            {
                "label": strip.label,
                "unit": strip.unit,
                "own": strip.own,
                "others": strip.others,
                "reference": strip.reference,
                "low": low,
                "high": high,
                "low_text": french.number(low),
                "high_text": french.number(high),
                "text": french.number(strip.own, strip.decimals),
                "rank": strip.rank,
            }
        )
    return {
        "kind": "strips",
        "caption": block.caption,
        "own": french.capitalised(block.own),
        "reference": block.reference,
        "rows": rows,
    }


def _ticks(low: float, high: float, step: float) -> list[dict]:
    count = round((high - low) / step)
    return [
        {"value": low + i * step, "text": french.number(low + i * step, 0 if step >= 1 else 1)}
        for i in range(count + 1)
    ]


def _lines(block: content.Lines) -> dict:
    values = [v for line in block.series for _, v in line.points]
    years = [y for line in block.series for y, _ in line.points]
    low, high, step = nice_range(max(0.0, min(values) * 0.82), max(values))
    spots = spread([line.points[-1][1] for line in block.series], (high - low) * 0.09)
    every = 5 if max(years) - min(years) > 12 else 2 if max(years) - min(years) > 5 else 1
    return {
        "kind": "lines",
        "caption": block.caption,
        "low": low,
        "high": high,
        "first": min(years),
        "last": max(years),
        "ticks": _ticks(low, high, step),
        "years": list(range(min(years), max(years) + 1, every)),
        "series": [
            {
                "points": line.points,
                "role": line.role,
                "dash": line.dash,
                "spot": spot,
                "text": f"{line.name} {french.number(line.points[-1][1], block.decimals)}".strip()
                if line.points[-1][0] == max(years)
                else "",
            }
            for line, spot in zip(block.series, spots, strict=True)
        ],
    }


def _scatter(block: content.Scatter) -> dict:
    xlow, xhigh, xstep = nice_range(min(p[1] for p in block.points), max(p[1] for p in block.points))
    ys = [p[2] for p in block.points] + ([block.reference[1]] if block.reference else [])
    ylow, yhigh, ystep = nice_range(min(ys), max(ys))
    named = _apart(block, xhigh - xlow, yhigh - ylow)
    return {
        "kind": "scatter",
        "caption": f"{block.caption} ({block.y_title.lower()})",
        "x_title": block.x_title,
        "xlow": xlow,
        "xhigh": xhigh,
        "ylow": ylow,
        "yhigh": yhigh,
        "xticks": _ticks(xlow, xhigh, xstep),
        "yticks": _ticks(ylow, yhigh, ystep),
        "reference": {
            "value": block.reference[1],
            "text": f"{block.reference[0]} {french.number(block.reference[1], 1)}",
        }
        if block.reference
        else None,
        "points": [
            {"name": name, "x": x, "y": y, "qpv": qpv, "named": i in named}
            for i, (name, x, y, qpv) in enumerate(block.points)
        ],
    }


def _apart(block: content.Scatter, width: float, height: float) -> set[int]:
    """Points whose name has room at the right: the poorest first."""
    chosen: set[int] = set()
    for i in sorted(range(len(block.points)), key=lambda i: -block.points[i][1]):
        _, x, y, _ = block.points[i]
        others = [p for j, p in enumerate(block.points) if j != i]
        long = 0.011 * len(block.points[i][0]) + 0.02
        crowded = any(-0.01 < (p[1] - x) / width < long and abs(p[2] - y) / height < 0.05 for p in others)
        over = any(
            abs(block.points[j][2] - y) / height < 0.05 and -0.2 < (x - block.points[j][1]) / width < 0.2
            for j in chosen
        )
        if not crowded and not over and (x - min(p[1] for p in block.points)) / width + long < 0.98:
            chosen.add(i)
    return chosen


def _table(block: content.Table) -> dict:
    return {
        "kind": "table",
        "caption": block.caption,
        "header": block.header,
        "rows": block.rows,
        "widths": block.widths,
        "numeric": block.numeric,
        "total": block.total,
    }


MAKE = {
    content.Cards: lambda block: {"kind": "cards", "items": [_card(card) for card in block.items]},
    content.Text: lambda block: {
        "kind": "text",
        "items": [{"heading": h, "text": t, "alert": a} for h, t, a in block.items],
    },
    content.Table: _table,
    content.Stacked: _stacked,
    content.Ranked: _ranked,
    content.Strips: _strips,
    content.Lines: _lines,
    content.Scatter: _scatter,
}


def _compile(data: dict, files: dict[str, bytes]) -> bytes:
    try:
        return typst.compile(
            {
                "main": _template(),
                "d.json": json.dumps(data, ensure_ascii=False, allow_nan=False).encode(),
                **files,
            },
            font_paths=[FONTS],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise DiagnosticError(
            f"Le PDF n’a pas pu être composé : {error}. Signalez-le avec le nom du territoire."
        ) from error
