"""Données: what is loaded, refused, remarked, silenced, carried, and whether it holds together."""

from diagnostic.story import loaded
from diagnostic.ui import asked, components, frame, loading, tables, takeaway

PAGE = {"title": "Données", "group": "Emporter", "order": 4}

frame.open_plain("donnees", "Données", "Ce qui est chargé, ce qui a été refusé et pourquoi.")
db = asked.database_if_any()
if db is not None:
    sources = loaded.sources(db)
    components.section("Sources", loaded.message(sources), loaded.built(db))
    tables.folded("Source par source : millésimes, lignes lues et écartées", loaded.sources_table(db))
    components.note("Le fichier à télécharger donne chaque fichier, son empreinte et sa page d’origine.")
    takeaway.actions(
        "sources", sources, takeaway.Around(loaded.message(sources), loaded.built(db), loaded.BASE)
    )
    changed = loaded.changes(db)
    if told := loaded.changes_message(db, changed):
        components.section(
            "Ce que la dernière construction a changé",
            told,
            "Par indicateur et millésime, par rapport à la base précédente",
        )
    tables.folded("Ce qui a changé, indicateur par indicateur", changed, limit=20)
    if len(changed):
        around = takeaway.Around(told, "Par rapport à la base précédente", loaded.BASE)
        takeaway.actions("changements", changed, around)
    refusals = loaded.refusals(db)
    components.section(
        "Refus", loaded.refusal_message(refusals), "Fichiers que le diagnostic n’a pas pris, et pourquoi"
    )
    tables.folded("Lesquels, et pourquoi", refusals)
    remarks = loaded.remarks(db)
    components.section(
        "Remarques",
        loaded.remark_message(remarks),
        "Lignes laissées de côté ou comptées une fois, positions situées au centre de leur commune",
    )
    tables.folded("Fichier par fichier", remarks, limit=20)
    silenced = loaded.silenced(db)
    components.section(
        "Indicateurs muets",
        loaded.silence_message(silenced),
        "Faute de source ; ils se taisent plutôt que d’afficher un zéro",
    )
    tables.folded("Lesquels, et faute de quel fichier", silenced)
    components.section("Vérifications", loaded.check_message(loaded.checks(db)), "Faites sur la base chargée")
    tables.folded("Question par question", loaded.checks_table(loaded.checks(db)))
    carried = loaded.carried(db)
    components.section(
        "Communes reportées",
        loaded.carried_message(carried),
        "Leurs chiffres anciens sont comptés dans la commune d’aujourd’hui",
    )
    tables.folded("De quelle commune à quelle commune", carried, limit=20)
    if len(carried):
        around = takeaway.Around(loaded.carried_message(carried), loaded.built(db), loaded.BASE)
        takeaway.actions("communes_reportees", carried, around)
components.section("Charger les données", "Charger les données ouvertes de la France entière")
loading.panel()
