"""Comparer: peers and chosen territories, table, ranking, scatter of two indicators, series."""

from diagnostic.charts import crossed
from diagnostic.story.figures import sources_of
from diagnostic.ui import comparing, components, frame, render, state, tables, takeaway

PAGE = {"title": "Communes et voisins", "group": "Comparer", "order": 1}

report = frame.open_page("comparer")
db = frame.database()
choice = comparing.choose(
    db,
    report,
    peers=comparing.with_peers(report),
    neighbours=comparing.with_neighbours(report),
    added=comparing.added(),
)
options = comparing.indicator_options(choice)
candidates = comparing.candidates(db, report)
components.section(
    "Comparer",
    comparing.heading(report),
    "Choisissez un indicateur, ajoutez des territoires ; le lien de la page garde vos choix",
)
comparing.controls(db, report, candidates, options)
components.note(comparing.left_out_sentence(choice))
one = comparing.asked(state.get("indicateur"), options)
year = comparing.shared_year(choice, one)
compared = choice.compared(one)
components.section("Classement", comparing.message(compared, one), comparing.subtitle(one, year))
if comparing.enough(compared):
    takeaway.chart(
        render.drawn(comparing.bars(compared, report, one), frame.theme()),
        comparing.compared_table(compared, one),
        takeaway.Caption(
            comparing.message(compared, one),
            subtitle=comparing.subtitle(one, year),
            statuses=comparing.statuses(compared, one),
            source=sources_of(report, [one.id]),
            caution=" ".join(
                filter(
                    None,
                    (
                        comparing.rank_note(compared),
                        comparing.small_note(report, one),
                        comparing.unknown_sentence(compared),
                    ),
                )
            ),
        ),
        key="classement",
        report=report,
        ids=[one.id],
    )
else:
    components.note("Ajoutez des territoires : un seul a une valeur connue, il n’y a rien à classer.")
crossable = comparing.other_options(choice, one)
if crossable:
    other = comparing.crossed_with(crossable, state.get("ordonnee"))
    pairs = comparing.cross(choice, one, other)
    components.section(
        "Deux indicateurs",
        comparing.cross_message(pairs, one, other),
        comparing.cross_subtitle(choice, one, other),
    )
    state.select("ordonnee", "Croiser avec", crossable)
    takeaway.chart(
        choice.once(
            ("nuage", one.id, other.id, frame.theme()),
            lambda: crossed.scatter(
                pairs,
                theme=frame.theme(),
                x_title=one.label,
                y_title=other.label,
                decimals=(one.decimals, other.decimals),
                named=comparing.named(pairs),
            ),
        ),
        comparing.cross_table(pairs, one, other),
        takeaway.Caption(
            comparing.cross_message(pairs, one, other),
            subtitle=comparing.cross_subtitle(choice, one, other),
            statuses=comparing.statuses(compared, one),
            source=sources_of(report, [one.id, other.id]),
        ),
        key="nuage",
    )
series = comparing.series(choice, one)
if comparing.long_enough(series):
    components.section("Dans le temps", comparing.series_message(series, report, one), one.unit)
    takeaway.chart(
        render.drawn(comparing.curves(series, report, one), frame.theme()),
        comparing.series_table(series),
        takeaway.Caption(
            comparing.series_message(series, report, one),
            subtitle=one.unit,
            statuses=comparing.statuses(compared, one),
            source=sources_of(report, [one.id]),
        ),
        key="series",
    )
components.section(
    "Tableau", "Les territoires côte à côte", "Chaque colonne sur une même année ; ce qui manque est dit"
)
table = choice.once(
    ("tableau",),
    lambda: comparing.table(choice, comparing.speaking(choice, comparing.all_indicators())),
)
rows = list(table.itertuples(index=False, name=None))
tables.cells(list(table.columns), rows, caption="", own=comparing.own_name(report))
components.folded(*comparing.silent(choice, comparing.all_indicators()))
takeaway.actions(
    "comparaison",
    table,
    takeaway.Around(
        "Les territoires côte à côte",
        "Chaque colonne sur une même année",
        sources_of(report, [item.id for item in comparing.speaking(choice, comparing.all_indicators())]),
    ),
    report=report,
)
if report.peers:
    components.section(
        "Territoires semblables",
        comparing.peers_message(report),
        comparing.peers_sentence(report),
    )
    tables.table(comparing.why(report))
