"""What the page Données says: what is loaded, refused, silenced, carried, and whether it holds together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from diagnostic import french
from diagnostic.indicators import BY_ID
from diagnostic.warehouse import Database

BASE = "Source : base du diagnostic, lue telle qu’elle sert."
"""Where the tables of this page come from."""
# Kinds of event of the INSEE list of changes of communes, and the oldest one that matters to a figure we load.
_KINDS = {
    20: "création",
    21: "rétablissement",
    30: "suppression",
    31: "fusion simple",
    32: "commune nouvelle",
    33: "fusion-association",
    34: "fusion complète",
    41: "changement de département",
    50: "changement de chef-lieu",
    70: "commune déléguée",
}
_FIRST_FIGURES = "2008-01-01"


@lru_cache(maxsize=4)
def changes(db: Database) -> pd.DataFrame:
    """Values added, moved and gone by indicator and vintage since the base before, with French headers."""
    rows = db.rows(
        "select indicator, year, added, moved, gone from change order by added + moved + gone desc, indicator, year desc"
    )
    return pd.DataFrame(
        [
            (
                BY_ID[name].label if name in BY_ID else name,
                "" if year is None else str(year),
                added,
                moved,
                gone,
            )
            for name, year, added, moved, gone in rows
        ],
        columns=["Indicateur", "Millésime", "Valeurs ajoutées", "Modifiées", "Retirées"],
    )


def changes_message(db: Database, changed: pd.DataFrame) -> str:
    """How many indicators moved, or that none did though files came or went; "" where nothing was compared, or the same."""
    if not len(changed):
        files = db.rows("select 1 from change_file limit 1")
        return "Des fichiers ont changé, aucune valeur depuis la base précédente" if files else ""
    count = changed["Indicateur"].nunique()
    verb = french.verb(count, "a changé", "ont changé")
    return french.typographic(
        f"{french.quantity(count, 'indicateur', 'indicateurs')} {verb} depuis la base précédente"
    )


@lru_cache(maxsize=4)
def sources(db: Database) -> pd.DataFrame:
    """One row per file read, with French headers."""
    return db.frame(
        """
        select producer as "Producteur", title as "Source", vintage as "Millésime", geography as "Géographie",
               rows as "Lignes lues", rejected as "Lignes écartées", licence as "Licence", file as "Fichier",
               digest as "Empreinte", page as "Page"
        from source
        order by producer, title, vintage
        """
    )


@lru_cache(maxsize=4)
def sources_table(db: Database) -> pd.DataFrame:
    """One row per source: its vintages together, the rows of its files added up."""
    grouped = sources(db).groupby(["Producteur", "Source"], sort=True)
    return pd.DataFrame(
        [
            {
                "Producteur": producer,
                "Source": title,
                "Millésimes": ", ".join(sorted(set(rows["Millésime"].astype(str)) - {""}))
                or "sans millésime",
                "Fichiers": len(rows),
                "Lignes lues": int(rows["Lignes lues"].sum()),
                "Écartées": int(rows["Lignes écartées"].sum()),
                "Licence": rows["Licence"].iloc[0],
            }
            for (producer, title), rows in grouped
        ]
    )


@lru_cache(maxsize=4)
def refusals(db: Database) -> pd.DataFrame:
    """One row per file refused, with the reason."""
    frame = db.frame('select file as "Fichier", reason as "Raison" from refusal order by file')
    return frame.assign(Raison=frame["Raison"].map(french.capitalised))


@lru_cache(maxsize=4)
def remarks(db: Database) -> pd.DataFrame:
    """One row per thing to know of a file that was read: rows left out or merged, positions mended, members left."""
    return db.frame('select file as "Fichier", sentence as "À savoir" from remark order by file, sentence')


@lru_cache(maxsize=4)
def silenced(db: Database) -> pd.DataFrame:
    """One row per indicator that says nothing on this database, with the reason."""
    frame = db.frame("select indicator, reason from silenced order by indicator")
    labels = [BY_ID[i].label if i in BY_ID else i for i in frame["indicator"]]
    return pd.DataFrame({"Indicateur": labels, "Raison": frame["reason"]})


@lru_cache(maxsize=4)
def carried(db: Database) -> pd.DataFrame:
    """One row per commune that has disappeared since the oldest figures, latest first, with its heir."""
    frame = db.frame(
        """
        select c.old, c.new, t.name, c.kind, cast(c.on_date as varchar) as since
        from carried c left join territory t on t.level = 'commune' and t.code = c.new
        where c.old <> c.new and cast(c.on_date as varchar) >= ?
        order by c.on_date desc, c.new, c.old
        """,
        _FIRST_FIGURES,
    )
    return pd.DataFrame(
        {
            "Ancien code": frame["old"],
            "Commune actuelle": frame["name"].fillna("") + " (" + frame["new"] + ")",
            "Nature": [_kind(kind) for kind in frame["kind"]],
            "Depuis le": frame["since"].astype(str).str[:10].map(_day),
        }
    )


def _kind(kind: object) -> str:
    text = str(kind)
    return _KINDS.get(int(text), text) if text.isdecimal() else text


def _day(text: str) -> str:
    return "/".join(reversed(text.split("-")))


def message(sources_: pd.DataFrame) -> str:
    """How many files of how many producers, as a title."""
    files, producers = len(sources_), sources_["Producteur"].nunique()
    return f"{french.quantity(files, 'fichier chargé', 'fichiers chargés')}, de {french.quantity(producers, 'producteur', 'producteurs')}"


def built(db: Database) -> str:
    """When the base was built and on which list of communes."""
    day = (db.meta("built_at") or "")[:10]
    said = f"Base construite le {_day(day)}, " if day else ""
    return f"{said}communes au 1er janvier {db.meta('geography') or 'inconnu'}"


def refusal_message(refused: pd.DataFrame) -> str:
    """How many files were refused, as a title."""
    return (
        "Aucun fichier refusé"
        if refused.empty
        else french.quantity(len(refused), "fichier refusé", "fichiers refusés")
    )


def remark_message(told: pd.DataFrame) -> str:
    """How many things there are to know of the files read, as a title."""
    if told.empty:
        return "Tout ce qui a été lu l’a été sans remarque"
    remarks_ = french.quantity(len(told), "remarque", "remarques")
    return f"{remarks_} sur {french.quantity(told['Fichier'].nunique(), 'fichier lu', 'fichiers lus')}"


def silence_message(silent: pd.DataFrame) -> str:
    """How many indicators say nothing, as a title."""
    if silent.empty:
        return "Tous les indicateurs ont des données"
    return french.quantity(len(silent), "indicateur n’a aucune donnée", "indicateurs n’ont aucune donnée")


def carried_message(rows: pd.DataFrame) -> str:
    """How many communes were carried, as a title."""
    if rows.empty:
        return "Aucune commune n’a changé depuis 2008"
    return french.quantity(len(rows), "commune a changé depuis 2008", "communes ont changé depuis 2008")


@dataclass(frozen=True, slots=True)
class Check:
    """A question put to the database: `faults` of `total` rows fail it; both 0 when nothing is loaded for it."""

    label: str
    faults: int
    total: int
    advice: str

    @property
    def verdict(self) -> str:
        if not self.total:
            return "rien à vérifier"
        return "vérifié" if not self.faults else "à regarder"

    @property
    def detail(self) -> str:
        if not self.total:
            return "Aucune donnée de ce type n’est chargée."
        counted = f"{french.number(self.faults)} sur {french.number(self.total)}"
        return (
            f"{counted}. {self.advice}" if self.faults else f"Aucun défaut sur {french.number(self.total)}."
        )


# Label, advice, and the faults and the total as one row.
_CHECKS = (
    (
        "Chaque commune a une population",
        "Les totaux qui en dépendent sont dits incomplets.",
        """
        select count(*) filter (where s.value is null), count(*)
        from territory t
        left join stat s on s.commune = t.code and s.stat = 'population'
            and s.year = (select max(year) from stat where stat = 'population')
        where t.level = 'commune' and t.parent is null
        """,
    ),
    (
        "Chaque commune appartient à une intercommunalité",
        "Quatre îles n’en ont pas ; au-delà, rechargez la composition des EPCI.",
        """
        select count(*) filter (where epci is null), count(*)
        from territory where level = 'commune' and parent is null
        """,
    ),
    (
        "Chaque commune a un contour",
        "Elle reste dans les tableaux mais manque sur les cartes.",
        """
        select count(*) filter (where g.code is null), count(*)
        from territory t left join geometry g on g.level = t.level and g.code = t.code
        where t.level = 'commune' and t.parent is null
        """,
    ),
    (
        "Chaque équipement est situé",
        "Il compte dans sa commune ; il ne compte ni dans un rayon ni dans un quartier.",
        "select count(*) filter (where lon is null or lat is null), count(*) from facility",
    ),
    (
        "Chaque quartier prioritaire a un périmètre",
        "Ses équipements sont comptés par la colonne du producteur, ou inconnus.",
        "select count(*) filter (where not located), count(*) from qpv",
    ),
    (
        "Aucun effectif n’est négatif",
        "Signalez-le au producteur.",
        "select count(*) filter (where value < 0), count(*) from stat where value is not null",
    ),
    (
        "Les parts restent entre 0 et 100 %",
        "Numérateur et dénominateur n’ont pas le même champ.",
        """
        select count(*) filter (where value < 0 or value > 100.0001), count(*)
        from figure
        where value is not null
          and indicator in ('acces_alsh', 'acces_alsh_5km', 'part_population_qpv', 'part_monoparentales', 'taux_pauvrete')
        """,
    ),
    (
        "Les places publiées s’accordent avec le taux publié",
        "Elles s’en écartent de plus de moitié, ou sont moins nombreuses que celles des communes : on ne les montre pas.",
        """
        select count(*) filter (where value is null and note <> '' and status = 'missing'), count(*)
        from figure
        where indicator = 'places_100'
        """,
    ),
    (
        "Un total connu couvre au moins 99 % des habitants",
        "Un total se tait dès que plus d’un habitant sur cent lui manque : reconstruisez la base.",
        "select count(*) filter (where covered < 0.99), count(*) from total where value is not null",
    ),
)


@lru_cache(maxsize=4)
def checks(db: Database) -> tuple[Check, ...]:
    """Every check, in order, on this database."""
    found = []
    for label, advice, sql in _CHECKS:
        faults, total = db.rows(sql)[0]
        found.append(Check(label, int(faults), int(total), advice))
    return tuple(found)


def checks_table(found: tuple[Check, ...]) -> pd.DataFrame:
    """The checks as a table to read."""
    return pd.DataFrame([{"Question": c.label, "Résultat": c.verdict, "Détail": c.detail} for c in found])


def check_message(found: tuple[Check, ...]) -> str:
    """How many checks hold, as a title."""
    asked = [check for check in found if check.total]
    held = sum(not check.faults for check in asked)
    return f"{french.number(held)} vérifications sur {french.number(len(asked))} sans défaut"
