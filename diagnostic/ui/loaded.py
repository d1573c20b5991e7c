"""What the page Données says: what is loaded, refused, silenced, carried, and whether it holds together."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pandas as pd

from diagnostic import french
from diagnostic.indicators import BY_ID
from diagnostic.warehouse import Database

LOADING = "DIAGNOSTIC_CHARGEMENT"
_KINDS = {"merge": "fusion", "fusion": "fusion", "split": "scission", "change": "changement de code"}


def loading_allowed() -> bool:
    """Whether the operator lets this screen load data: DIAGNOSTIC_CHARGEMENT=1."""
    return os.environ.get(LOADING) == "1"


def sources(db: Database) -> pd.DataFrame:
    """One row per file read, with French headers."""
    frame = db.frame(
        """
        select producer as "Producteur", title as "Source", vintage as "Millésime", geography as "Géographie",
               rows as "Lignes lues", rejected as "Lignes écartées", licence as "Licence", file as "Fichier",
               loaded_at as "Chargé le", page as "Page"
        from source
        order by producer, title, vintage
        """
    )
    return frame.assign(**{"Chargé le": frame["Chargé le"].astype(str).str[:10]})


def refusals(db: Database) -> pd.DataFrame:
    """One row per file refused, with the reason."""
    return db.frame('select file as "Fichier", reason as "Raison" from refusal order by file')


def silenced(db: Database) -> pd.DataFrame:
    """One row per indicator that says nothing on this database, with the reason."""
    frame = db.frame("select indicator, reason from silenced order by indicator")
    labels = [BY_ID[i].label if i in BY_ID else i for i in frame["indicator"]]
    return pd.DataFrame({"Indicateur": labels, "Raison": frame["reason"]})


def carried(db: Database) -> pd.DataFrame:
    """One row per commune whose figures were carried to another code."""
    frame = db.frame(
        """
        select c.old, c.new, t.name, c.kind, c.on_date
        from carried c left join territory t on t.level = 'commune' and t.code = c.new
        order by c.new, c.old
        """
    )
    return pd.DataFrame(
        {
            "Ancien code": frame["old"],
            "Commune actuelle": frame["name"].fillna("") + " (" + frame["new"] + ")",
            "Nature": [_KINDS.get(kind, kind) for kind in frame["kind"]],
            "Depuis le": frame["on_date"].astype(str).str[:10],
        }
    )


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
        "Un total connu n’a aucune commune inconnue",
        "Un total se tait dès qu’une commune manque : reconstruisez la base.",
        "select count(*) filter (where known < members and status = 'ok' and level <> 'commune' and source is null), count(*) from total where value is not null",
    ),
)


def checks(db: Database) -> tuple[Check, ...]:
    """Every check, in order, on this database."""
    found = []
    for label, advice, sql in _CHECKS:
        faults, total = db.rows(sql)[0]
        found.append(Check(label, int(faults), int(total), advice))
    return tuple(found)
