"""From the files to the base: `demo`, `fetch`, `data`, `build`, `news`, `check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnostic import ROOT, french
from diagnostic.commands.calls import ProjectPath, command, database_option, edition, heading, open_base
from diagnostic.commands.progress import progress_line
from diagnostic.model import DiagnosticError

if TYPE_CHECKING:
    from diagnostic.fetch import Outcome
    from diagnostic.warehouse import BuildReport


_built_option = click.option(
    "--db",
    "path",
    type=ProjectPath(),
    default="data/diagnostic.duckdb",
    help="Base à construire [data/diagnostic.duckdb].",
)


@command("demo")
@click.option("--out", type=ProjectPath(), default="data/demo/raw", help="Dossier à remplir [data/demo/raw].")
@click.option("--communes", type=int, default=120, help="Nombre de communes, de 1 à 35 000 [120].")
@click.option(
    "--seed", type=int, default=33, help="Graine du tirage : la même donne les mêmes fichiers [33]."
)
def demo(out: Path, communes: int, seed: int) -> None:
    """Écrit les fichiers d’un territoire fictif, dans les formats officiels."""
    from diagnostic.demo import write_demo

    if seed < 0:
        raise DiagnosticError("La graine est un nombre entier positif ou nul : choisissez --seed 33.", code=2)
    out.mkdir(parents=True, exist_ok=True)
    files = write_demo(out, communes=communes, seed=seed)
    click.echo(
        french.typographic(
            f"{french.quantity(len(files), 'fichier', 'fichiers')} dans {out} (territoire fictif)."
        )
    )


@command("fetch")
@click.option(
    "--departement",
    multiple=True,
    metavar="CODE",
    expose_value=False,
    help="Sans effet : plus aucun fichier n’est publié par département.",
)
@click.option("--only", multiple=True, metavar="SOURCE", help="Seulement cette source, répétable.")
@click.option("--out", type=ProjectPath(), default="data/raw", help="Dossier à remplir [data/raw].")
def fetch(only: tuple[str, ...], out: Path) -> None:
    """Télécharge les fichiers officiels déclarés, en reprenant ce qui est déjà là."""
    from diagnostic.fetch import State
    from diagnostic.fetch import fetch as download
    from diagnostic.sources import SOURCES
    from diagnostic.supply import Arrival

    with progress_line() as line:
        outcomes = download(SOURCES, out, only=only, progress=Arrival(line))
    print_outcomes(outcomes)
    refused = [outcome for outcome in outcomes if outcome.state is State.REFUSED]
    if refused:
        raise DiagnosticError(
            f"{french.quantity(len(refused), 'fichier manque', 'fichiers manquent')} sur {len(outcomes)} : "
            "les raisons sont ci-dessus ; relancez la commande pour ne reprendre que ceux-là."
        )


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """What came, on standard output; what did not and what the catalogues say, on standard error."""
    from diagnostic.fetch import State

    words = {State.KEPT: "déjà là", State.DOWNLOADED: "téléchargé", State.RESUMED: "repris"}
    for outcome in outcomes:
        if outcome.state is not State.REFUSED:
            click.echo(f"{outcome.path.name} : {words[outcome.state]}, {size(outcome.size)}")
    for outcome in outcomes:
        for sentence in filter(None, (outcome.remark, outcome.reason)):
            click.echo(sentence, err=True)


def size(octets: int | None) -> str:
    """ "12,3 Mo", "850 ko"; "—" when unknown."""
    if octets is None:
        return french.UNKNOWN
    if octets < 1_000_000:
        return f"{french.number(octets / 1_000)}{french.NBSP}ko"
    return f"{french.number(octets / 1_000_000, 1)}{french.NBSP}Mo"


@command("data")
@click.option("--raw", type=ProjectPath(), default="data/raw", help="Dossier des fichiers [data/raw].")
@_built_option
def data(raw: Path, path: Path) -> None:
    """Télécharge les fichiers légers et construit une première base, qui sert aussitôt ; puis les
    fichiers lourds (équipements, âges), et une base complète qui la remplace."""
    from diagnostic.sources import SOURCES
    from diagnostic.supply import Brought, supply

    missing = 0
    with progress_line() as line:
        for step in supply(raw, path, sources=SOURCES, tell=line):
            line.clear()
            if isinstance(step, Brought):
                heading("Fichiers lourds" if step.heavy else "Fichiers légers")
                print_outcomes(step.outcomes)
                missing += len(step.refused)
            else:
                print_build(step.report, path)
                click.echo("L’outil s’en sert dès maintenant, même s’il est déjà ouvert.")
    if missing:
        click.echo(
            f"{french.quantity(missing, 'fichier manque', 'fichiers manquent')} : les raisons sont ci-dessus. Déposez-les "
            f"dans « {raw} », ou relancez la commande pour ne reprendre que ceux-là.",
            err=True,
        )


@command("build")
@click.option(
    "--raw",
    "folders",
    type=ProjectPath(),
    multiple=True,
    help="Dossier de fichiers officiels, répétable [data/raw].",
)
@_built_option
def build(folders: tuple[Path, ...], path: Path) -> None:
    """Construit la base de données avec les fichiers officiels qui sont là."""
    import duckdb

    from diagnostic import warehouse

    chosen = list(folders) or [ROOT / "data" / "raw"]
    for folder in chosen:
        readable(folder)
    try:
        with progress_line() as line:
            report = warehouse.build(chosen, path, progress=line)
    except duckdb.Error as error:
        raise DiagnosticError(
            f"L’écriture de « {path.name} » a échoué, sans doute parce que le disque est plein : libérez de la place, "
            "puis relancez. L’ancienne base, s’il y en a une, reste en service."
        ) from error
    print_build(report, path)


def readable(folder: Path) -> None:
    """Refuse a folder that is not there, is no folder or cannot be listed."""
    try:
        next(iter(folder.iterdir()), None)
    except OSError as error:
        raise DiagnosticError(
            f"Le dossier « {folder} » ne peut pas être lu ({french.because(error)}). Indiquez avec --raw celui qui contient "
            "les fichiers officiels, ou téléchargez-les : python -m diagnostic fetch."
        ) from error


def print_build(report: BuildReport, path: Path) -> None:
    """What was loaded, what was refused and why, what stays silent."""
    from diagnostic.indicators import BY_ID

    heading(f"{french.quantity(len(report.loaded), 'fichier chargé', 'fichiers chargés')}")
    for loaded in report.loaded:
        rows = french.quantity(loaded.rows, "ligne", "lignes")
        click.echo(f"  {loaded.file} : {loaded.source}, {edition(loaded.vintage)}, {rows}")
    if report.refused:
        heading(f"{french.quantity(len(report.refused), 'fichier non chargé', 'fichiers non chargés')}")
    for refused in report.refused:
        click.echo(f"  {refused.file} : {refused.reason}")
    if report.remarks:
        heading("À savoir")
    for remark in report.remarks:
        click.echo(f"  {remark.file} : {remark.sentence}")
    if report.silenced:
        heading(french.quantity(len(report.silenced), "indicateur sans données", "indicateurs sans données"))
    for indicator, reason in report.silenced:
        click.echo(f"  {BY_ID[indicator].label if indicator in BY_ID else indicator} : {reason}")
    click.echo(f"\nBase construite en {french.number(report.seconds, 1)}{french.NBSP}s : {path}")


@command("news")
@click.option("--raw", type=ProjectPath(), default="data/raw", help="Dossier des fichiers [data/raw].")
@database_option
def news(raw: Path, path: Path | None) -> None:
    """Dit quelles sources chargées ont un millésime plus récent, et ce qui a changé chez les
    producteurs ; rien n’est téléchargé."""
    from diagnostic.news import news as look
    from diagnostic.sources import SOURCES

    db = open_base(path)
    with progress_line() as line:
        told = look(db, raw, SOURCES, tell=line)
    newer = [one for one in told if one.newer]
    heading(french.quantity(len(newer), "millésime plus récent", "millésimes plus récents"))
    for one in newer:
        click.echo(f"  {one.source.title} ({one.file}) : {one.newer}")
    if newer:
        click.echo("  Pour les prendre : python -m diagnostic data")
    changed = [one for one in told if one.trouble]
    heading(french.quantity(len(changed), "adresse ou fichier à vérifier", "adresses ou fichiers à vérifier"))
    for one in changed:
        click.echo(f"  {one.source.title} ({one.file}) : {one.trouble}")
        click.echo(f"    page : {one.source.page}")
        if one.breaks:
            click.echo(f"    ne serait plus connu : {', '.join(one.breaks)}")
    click.echo(f"\n{french.quantity(len(told), 'fichier demandé', 'fichiers demandés')} aux producteurs.")


@command("check")
@database_option
def check(path: Path | None) -> None:
    """Dit ce que la base contient : sources, millésimes, lignes, trous dans les données."""
    from diagnostic.indicators import INDICATORS

    db = open_base(path)
    click.echo(f"Base : {db.path}" + (" — territoire fictif" if db.fictional else ""))
    click.echo(
        f"Géographie : {db.meta('geography') or french.UNKNOWN} ; construite le {db.meta('built_at') or french.UNKNOWN}"
    )
    heading("Sources")
    for title, vintage, rows, producer, file in db.rows(
        "select title, vintage, rows, producer, file from source order by title, vintage, file"
    ):
        click.echo(
            f"  {title} ({producer}), {edition(vintage)} : {french.quantity(rows, 'ligne', 'lignes')} — {file}"
        )
    refusals = db.rows("select file, reason from refusal order by file")
    if refusals:
        heading("Fichiers non chargés")
    for file, reason in refusals:
        click.echo(f"  {file} : {reason}")
    heading("Indicateurs : communes dont la valeur est connue")
    [(communes,)] = db.rows("select count(*) from territory where level = 'commune'")
    known = {indicator: (year, count) for indicator, year, count in db.rows(KNOWN_COMMUNES)}
    silenced = dict(db.rows("select indicator, reason from silenced"))
    for indicator in INDICATORS:
        if indicator.id in known:
            year, count = known[indicator.id]
            text = f"{french.number(count)} sur {french.number(communes)} en {year}"
        else:
            text = silenced.get(indicator.id, "aucune valeur à la commune")
        click.echo(f"  {indicator.label} : {text}")


# One row per indicator: an extract may know a few communes of a newer year, which would hide the full one.
KNOWN_COMMUNES = """
with counted as (
    select
        indicator,
        year,
        count(value) as known,
        max(count(value)) over (partition by indicator) as most
    from figure
    where level = 'commune'
    group by indicator, year
)

select indicator, max(year), arg_max(known, year)
from counted
where known > 0 and known >= 0.9 * most
group by indicator
"""
