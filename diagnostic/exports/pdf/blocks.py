"""Blocks as the template reads them: numbers with their texts, maps as files beside."""

from __future__ import annotations

from diagnostic import french, story
from diagnostic.exports import picture
from diagnostic.exports.style import ink_on
from diagnostic.story.scale import nice_ceiling, nice_range, spread


def card_data(card: story.Card) -> dict:
    return {
        "figure": card.figure,
        "unit": card.unit,
        "sentence": card.sentence,
        "detail": card.detail,
        "alert": card.alert,
    }


class Drawing:
    """Turns blocks into what the template reads; keeps the maps as files beside it."""

    def __init__(self, maps: picture.Maps | None, *, small: bool = False) -> None:
        self.maps, self.small = maps, small
        self.files: dict[str, bytes] = {}

    def block(self, block: story.Block) -> dict | None:
        if isinstance(block, story.Map):
            return self._map(block)
        made = MAKE[type(block)](block)
        return made | {"alt": made.get("caption", "") or "Graphique"}

    def _map(self, block: story.Map) -> dict | None:
        if self.maps is None:
            return None
        width, height = (8.4, 6.2) if self.small else (17.0, 11.0)
        figure = self.maps(block, width, height, 0.72 if self.small else 1.1)
        if figure is None:
            return None
        name = f"map{len(self.files)}.svg"
        self.files[name] = picture.rendered(figure, "svg")
        return {"kind": "map", "caption": block.caption, "alt": block.alt, "file": name}


def _stacked(block: story.Stacked) -> dict:
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


def _ranked(block: story.Ranked) -> dict:
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


def _strips(block: story.Strips) -> dict:
    rows = []
    for strip in block.rows:
        low, high, _ = strip.axis
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


def _lines(block: story.Lines) -> dict:
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


def _scatter(block: story.Scatter) -> dict:
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


def _apart(block: story.Scatter, width: float, height: float) -> set[int]:
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


def _table(block: story.Table) -> dict:
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
    story.Cards: lambda block: {"kind": "cards", "items": [card_data(card) for card in block.items]},
    story.Text: lambda block: {
        "kind": "text",
        "items": [{"heading": h, "text": t, "alert": a} for h, t, a in block.items],
    },
    story.Table: _table,
    story.Stacked: _stacked,
    story.Ranked: _ranked,
    story.Strips: _strips,
    story.Lines: _lines,
    story.Scatter: _scatter,
}
