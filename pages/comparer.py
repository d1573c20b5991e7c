"""Comparer: peers and chosen territories, table, ranking, scatter of two indicators, series."""

from diagnostic.charts import crossed
from diagnostic.story import beside, crossing, ranking
from diagnostic.story.figures import sources_of
from diagnostic.ui import asked, comparing, components, frame, render, state, tables, takeaway

PAGE = {"title": "Communes et voisins", "group": "Comparer", "order": 1}

report = frame.open_page("comparer")
db = asked.database()
choice = comparing.choose(
    db,
    report,
    peers=comparing.with_peers(report),
    neighbours=comparing.with_neighbours(report),
    added=comparing.added(),
)
options = beside.indicator_options(choice)
candidates = comparing.candidates(db, report)
components.section(
    "Comparer",
    comparing.heading(report),
    "Choisissez un indicateur, ajoutez des territoires ; le lien de la page garde vos choix",
)
comparing.controls(db, report, candidates, options)
components.note(beside.left_out_sentence(choice))
one = beside.asked(state.get("indicateur"), options)
year = beside.shared_year(choice, one)
compared = choice.compared(one)
picked = comparing.with_peers(report) or comparing.added() or choice.left_out
said = ranking.message(compared, one, whole=not picked)
components.section("Classement", said, ranking.subtitle(one, year))
if ranking.enough(compared):
    takeaway.chart(
        render.drawn(ranking.bars(compared, report, one), state.theme()),
        ranking.compared_table(compared, one),
        takeaway.Caption(
            said,
            subtitle=ranking.subtitle(one, year),
            statuses=ranking.statuses(compared, one),
            source=sources_of(report, [one.id]),
            caution=ranking.rank_note(compared, one),
        ),
        key="classement",
        report=report,
        ids=[one.id],
    )
    components.folded(*ranking.without(choice, one))
else:
    components.note("Ajoutez des territoires : un seul a une valeur connue, il n’y a rien à classer.")
crossable = crossing.other_options(choice, one)
if crossable:
    other = crossing.crossed_with(crossable, state.get("ordonnee"))
    pairs = crossing.cross(choice, one, other)
    components.section(
        "Deux indicateurs",
        crossing.cross_message(pairs, one, other),
        crossing.cross_subtitle(choice, one, other),
    )
    state.select("ordonnee", "Croiser avec", crossable)
    takeaway.chart(
        choice.once(
            f"nuage {one.id} {other.id} {state.theme()}",
            lambda: crossed.scatter(
                pairs,
                theme=state.theme(),
                x_title=f"{one.label} ({beside.short_unit(one)})",
                y_title=f"{other.label} ({beside.short_unit(other)})",
                decimals=(one.decimals, other.decimals),
                named=beside.named(pairs),
            ),
        ),
        crossing.cross_table(pairs, one, other),
        takeaway.Caption(
            crossing.cross_message(pairs, one, other),
            subtitle=crossing.cross_subtitle(choice, one, other),
            statuses=ranking.statuses(compared, one),
            source=sources_of(report, [one.id, other.id]),
            caution=beside.absent(choice, pairs),
        ),
        key="nuage",
    )
series = beside.series(choice, one)
if ranking.long_enough(series):
    components.section("Dans le temps", ranking.series_message(series, report, one), one.unit)
    curves = ranking.curves(series, report, one)
    render.legend(curves, "series")
    takeaway.chart(
        render.drawn(curves, state.theme()),
        ranking.series_table(series),
        takeaway.Caption(
            ranking.series_message(series, report, one),
            subtitle=one.unit,
            statuses=ranking.statuses(compared, one),
            source=sources_of(report, [one.id]),
        ),
        key="series",
    )
components.section(
    "Tableau",
    "Les territoires côte à côte",
    "Chaque colonne sur l’année que le plus d’entre eux partagent, parfois plus ancienne que celle des autres pages",
)
table = choice.once("tableau", lambda: beside.table(choice, beside.speaking(choice, beside.all_indicators())))
rows = list(table.itertuples(index=False, name=None))
tables.cells(list(table.columns), rows, caption="", own=ranking.own_name(report))
components.folded(*beside.silent(choice, beside.all_indicators()))
takeaway.actions(
    "comparaison",
    table,
    takeaway.Around(
        "Les territoires côte à côte",
        "Chaque colonne sur l’année que le plus d’entre eux partagent",
        sources_of(report, [item.id for item in beside.speaking(choice, beside.all_indicators())]),
    ),
    report=report,
)
if report.peers:
    components.section(
        "Territoires semblables", ranking.peers_message(report), ranking.peers_sentence(report)
    )
    tables.table(ranking.why(report))
