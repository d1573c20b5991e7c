"""One chart or map of the story as a page that another site shows in a frame: no script, its state in its address."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from urllib.parse import urlencode

from diagnostic import french, report, story
from diagnostic.exports import picture
from diagnostic.report import Report
from diagnostic.story import Section
from diagnostic.warehouse import Database

PATH = "/integrer"
WIDTH_CM, HEIGHT_CM = 17.6, 11.0
Drawn = story.Stacked | story.Ranked | story.Strips | story.Lines | story.Scatter | story.Map
_STYLE = (
    # The drawings name the font that they are measured with.
    "@font-face{{font-family:'Source Sans Pro';font-weight:200 900;src:url({home}/police/texte.woff2)}}"
    "body{{font:1rem/1.5 'Source Sans Pro',sans-serif;margin:0;padding:1rem;color:#1f2933;background:#fff}}"
    "h1{{font-size:1.25rem;line-height:1.3;margin:0}}figure{{margin:0}}figure svg{{max-width:100%;height:auto}}"
    "p{{margin:.25rem 0;color:#52606d}}small,summary,td,th{{font-size:.875rem}}table{{border-collapse:collapse}}"
    "td,th{{padding:.125rem .75rem .125rem 0;text-align:left;border-bottom:1px solid #cbd2d9}}"
    "div{{overflow-x:auto}}a{{color:#0b4f71}}"
)


def drawable(section: Section) -> Drawn | None:
    """The first chart or map of a section; None when it is words and tables only."""
    return next((one for one in section.blocks if isinstance(one, Drawn)), None)


def choices(of: Report, db: Database) -> list[Section]:
    """The sections of a report that can be shown alone, in their order."""
    return [section for section in story.sections(of, (), db) if drawable(section)]


def address(section: Section, territory: str, reference: str | None) -> str:
    """Where a section stands alone, below the address of the application."""
    return f"{PATH}/{section.id}?{_query(territory, reference)}"


@lru_cache(maxsize=256)
def page(db: Database, section: str, territory: str, reference: str | None, home: str) -> str | None:
    """The HTML of one section of a territory; None when it has no such chart.

    Open data only: what a visitor deposits is theirs. `home` is the address of the application.
    Raises DiagnosticError for an unknown territory or reference.
    """
    of = report.build(db, territory, reference=reference)
    told = next((one for one in choices(of, db) if one.id == section), None)
    block = drawable(told) if told is not None else None
    if told is None or block is None:
        return None
    figure = (
        picture.draw_map(block, of, db, (WIDTH_CM, HEIGHT_CM))
        if isinstance(block, story.Map)
        else picture.draw_chart(block, WIDTH_CM)
    )
    if figure is None:
        return None
    drawing = picture.rendered(figure, "svg", tight=True).decode()
    link = f"{home}/synthese?{_query(territory, reference)}"
    return _written(of, told, block, drawing[drawing.index("<svg") :], link, _STYLE.format(home=home))


def _query(territory: str, reference: str | None) -> str:
    return urlencode({"territoire": territory} | ({"reference": reference} if reference else {}), safe=":")


def _written(of: Report, told: Section, block: Drawn, drawing: str, link: str, style: str) -> str:
    name = french.name(of.territory)
    notice = f"<p><strong>{escape(story.FICTIONAL)}</strong></p>" if of.context.fictional else ""
    said = f"{escape(told.title)} {escape(told.subtitle)}"
    # Beside its values in words, a drawing is one picture for who cannot see it.
    drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{said}"', 1)
    return (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{escape(told.kicker)} – {escape(name)}'
        f'</title><meta name="viewport" content="width=device-width"><style>{style}</style></head><body><main>{notice}'
        f"<h1>{escape(told.title)}</h1><p>{escape(told.subtitle)}</p><figure>{drawing}</figure>{_values(block)}"
        f"<p><small>{escape(told.below)} Géographie : {escape(of.context.geography)} · {escape(of.context.date)}. "
        f'<a href="{escape(link)}" target="_blank" rel="noopener">Diagnostic complet : {escape(name)}</a></small></p>'
        "</main></body></html>"
    )


def _values(block: Drawn) -> str:
    if isinstance(block, story.Map):
        return f"<details><summary>En mots</summary><p>{escape(block.alt)}</p></details>"
    header, rows, *_ = story.as_table(block)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f"<details><summary>Les valeurs</summary><div><table><caption>{escape(block.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )
