"""The command line: `python -m diagnostic demo | data | fetch | build | news | check | search | show | export | bilan`.

Every refusal is one French sentence on standard error with exit code 1 (the data are at fault) or 2 (the
call is). Relative paths start at the project's root, wherever the command is run from.
"""

from __future__ import annotations

import errno
import functools
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnostic import ROOT, french
from diagnostic.model import DiagnosticError

if TYPE_CHECKING:
    from diagnostic.fetch import Outcome
    from diagnostic.plan import Documents, Plan
    from diagnostic.warehouse import BuildReport, Database

# Libraries of figures and maps load inside the commands: `search` and `--help` wait for none of them.

ALL_EPCI = "epci-de:"
SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_REDRAWS = 0.2


class ProjectPath(click.ParamType):
    """A path; a relative one starts at the project's root."""

    name = "chemin"

    def convert(self, value: str | Path, *_: object) -> Path:
        return ROOT / value


class FrenchFormatter(click.HelpFormatter):
    """Help with French headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "Usage : ")

    def write_heading(self, heading: str) -> None:
        super().write_heading({"Commands": "Commandes"}.get(heading, heading) + " ")


class FrenchContext(click.Context):
    formatter_class = FrenchFormatter


class FrenchCommand(click.Command):
    context_class = FrenchContext


class FrenchGroup(click.Group):
    context_class = FrenchContext
    command_class = FrenchCommand


SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
helped = click.help_option("-h", "--help", help="Affiche cette aide.")


@click.group(
    cls=FrenchGroup, context_settings=SETTINGS, options_metavar="", subcommand_metavar="COMMANDE [OPTIONS]…"
)
@helped
def cli() -> None:
    """Diagnostic territorial pour préparer une Convention territoriale globale.

    TERRITOIRE s’écrit commune:33063, epci:243300316, departement:33, region:75, france ou
    perimetre:33063+33281. Les chemins relatifs partent du dossier du projet.
    """


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command of `cli` with French help."""

    def declare(function: Callable[..., None]) -> click.Command:
        return cli.command(name, options_metavar="[OPTIONS]")(helped(function))

    return declare


database_option = click.option(
    "--db",
    "path",
    type=ProjectPath(),
    help="Base de données [DIAGNOSTIC_DB, sinon data/diagnostic.duckdb, sinon le territoire fictif].",
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
@click.option("--departement", "departements", multiple=True, metavar="CODE", help="Département, répétable.")
@click.option("--only", multiple=True, metavar="SOURCE", help="Seulement cette source, répétable.")
@click.option("--out", type=ProjectPath(), default="data/raw", help="Dossier à remplir [data/raw].")
def fetch(departements: tuple[str, ...], only: tuple[str, ...], out: Path) -> None:
    """Télécharge les fichiers officiels déclarés, en reprenant ce qui est déjà là."""
    from diagnostic.fetch import State
    from diagnostic.fetch import fetch as download
    from diagnostic.sources import SOURCES
    from diagnostic.supply import Arrival

    with progress_line() as line:
        outcomes = download(SOURCES, out, departements=departements, only=only, progress=Arrival(line))
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


@command("data")
@click.option("--raw", type=ProjectPath(), default="data/raw", help="Dossier des fichiers [data/raw].")
@click.option(
    "--db",
    "path",
    type=ProjectPath(),
    default="data/diagnostic.duckdb",
    help="Base à construire [data/diagnostic.duckdb].",
)
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
@click.option(
    "--db",
    "path",
    type=ProjectPath(),
    default="data/diagnostic.duckdb",
    help="Base à construire [data/diagnostic.duckdb].",
)
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
            f"Le dossier « {folder} » ne peut pas être lu ({because(error)}). Indiquez avec --raw celui qui contient "
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


@command("search")
@click.argument("text", metavar="TEXTE")
@click.option("--json", "as_json", is_flag=True, help="Réponse en JSON.")
@database_option
def search(text: str, as_json: bool, path: Path | None) -> None:
    """Cherche un territoire : nom, même mal écrit, code postal, code Insee, SIREN, ancienne commune, quartier."""
    from diagnostic import search as searching

    db = open_base(path)
    found = searching.find(db, text)
    if as_json:
        print_json(
            [
                {
                    "key": one.territory.key, "level": one.territory.level, "code": one.territory.code,
                    "name": one.territory.name, "departement": one.territory.departement, "reading": one.reading,
                }
                for one in found
            ]
        )  # fmt: skip
        return
    if not found:
        raise DiagnosticError(
            f"Aucun territoire ne correspond à « {text} » : essayez le code postal ou le code Insee."
        )
    for key, line in searching.lines(db, found).items():
        click.echo(f"{key:24} {line}")


@command("show")
@click.argument("key", metavar="TERRITOIRE")
@click.option(
    "--compare",
    multiple=True,
    metavar="RÉFÉRENCE",
    help="Territoire, pairs ou objectif:70 ; la première est la référence. Répétable.",
)
@click.option("--json", "as_json", is_flag=True, help="Réponse en JSON ; inconnu s’écrit null.")
@database_option
def show(key: str, compare: tuple[str, ...], as_json: bool, path: Path | None) -> None:
    """Écrit le diagnostic d’un territoire."""
    from diagnostic import report, text

    db = open_base(path)
    found = report.build(db, key, reference=compare[0] if compare else None)
    more = (report.reference(db, found, other) for other in compare[1:])
    others = [one for one in more if one is not None]
    if as_json:
        print_json(text.document(found, others))
    else:
        click.echo(text.written(found, others, db))


def of_the_meeting(function: Callable[..., None]) -> Callable[..., None]:
    """The options of `export` that say the meeting and what people chose, given to it as `chosen`."""

    @functools.wraps(function)
    def gathered(**options: Any) -> None:
        chosen = {name: options.pop(name) for name in MEETING}
        function(**options, chosen=chosen)

    made: Callable[..., None] = gathered
    for name, (flags, settings) in reversed(MEETING.items()):
        made = click.option(flags, name, **settings)(made)
    return made


MEETING: dict[str, tuple[str, dict[str, Any]]] = {
    "instance": ("--instance", {"help": "Instance : « Comité de pilotage »…"}),
    "day": ("--date", {"help": "Date de la réunion, comme elle doit se lire."}),
    "authors": ("--auteurs", {"help": "Auteurs, sur la première page."}),
    "period": ("--periode", {"help": "Période de la convention : 2027-2031."}),
    "stage": ("--etape", {"help": "Où en est la convention : Lancement, Diagnostic, Enjeux…"}),
    "question": ("--question", {"help": "Question posée aux élus."}),
    "contacts": ("--contact", {"multiple": True, "help": "Un contact, répétable."}),
    "logos": (
        "--logo",
        {"multiple": True, "type": ProjectPath(), "help": "Logo PNG ou JPEG, deux au plus, répétable."},
    ),
    "short": ("--court", {"is_flag": True, "help": "Diaporama de huit diapositives."}),
    "sheets": ("--fiches", {"is_flag": True, "help": "Diaporama avec une page par commune, en annexe."}),
    "plan": (
        "--plan",
        {
            "type": ProjectPath(),
            "help": "Plan (.ctg.json) : chapitres choisis, réunion, et plan d’actions de son territoire.",
        },
    ),
}


def documents_of(chosen: dict[str, Any]) -> tuple[Documents, Plan | None]:
    """What the options say of the meeting over what the plan had kept, and the plan."""
    from diagnostic import plan as plans
    from diagnostic.exports import logos

    path = chosen.pop("plan")
    plan = plans.from_json(read(path, "Le plan", "--plan")) if path is not None else None
    kept = plan.documents if plan is not None else plans.Documents()
    pictures = logos.checked([read(logo, "Le logo", "--logo") for logo in chosen.pop("logos")])
    said = {name: value for name, value in chosen.items() if value}
    return replace(kept, meeting=replace(kept.meeting, **said, logos=pictures)), plan


def read(path: Path, what: str, option: str) -> bytes:
    if not path.is_file():
        raise DiagnosticError(f"{what} « {path} » n’existe pas : vérifiez {option}.", code=2)
    return path.read_bytes()


@command("export")
@click.argument("keys", metavar="TERRITOIRE...", nargs=-1, required=True)
@click.option(
    "--format",
    "formats",
    default="pptx",
    help="Formats séparés par des virgules : pptx, pdf, note, docx, xlsx, csv, images, geojson [pptx].",
)
@click.option("--out", type=ProjectPath(), default="dist", help="Dossier à remplir [dist].")
@click.option("--template", type=ProjectPath(), help="Modèle PowerPoint de la collectivité.")
@click.option(
    "--compare", metavar="RÉFÉRENCE", help="Territoire, pairs ou objectif:70 [le territoire au-dessus]."
)
@database_option
@of_the_meeting
def export(
    keys: tuple[str, ...],
    formats: str,
    out: Path,
    template: Path | None,
    compare: str | None,
    path: Path | None,
    chosen: dict[str, Any],
) -> None:
    """Écrit les documents d’un ou de plusieurs territoires ; epci-de:33 vaut toutes les
    intercommunalités d’un département, epci-de:france toutes celles de la base."""
    from diagnostic.exports import FORMATS, batch
    from diagnostic.plan import Documents, on_ground

    wanted = tuple(dict.fromkeys(name.strip().lower() for name in formats.split(",") if name.strip()))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        raise DiagnosticError(
            f"« {unknown[0] if unknown else formats} » n’est pas un format : choisissez parmi {', '.join(FORMATS)}.",
            code=2,
        )
    if template is not None and not template.is_file():
        raise DiagnosticError(
            f"Le modèle « {template} » n’existe pas : indiquez un fichier .pptx avec --template.", code=2
        )
    if template is not None:
        from diagnostic.exports import pptx

        for remark in pptx.remarks(template):
            click.echo(remark, err=True)
    documents, plan = documents_of(chosen)
    db = open_base(path)
    plan = on_ground(plan, db).plan if plan is not None else None
    out.mkdir(parents=True, exist_ok=True)
    jobs = []
    for key in expanded(db, keys):
        own = plan is not None and plan.territory == key
        told = documents if own else Documents(documents.meeting)
        jobs.append(batch.Job(key, wanted, out, db.path, template, compare, told, plan if own else None))
    results = []
    for done in batch.run(jobs):
        results.append(done)
        for name in done.written:
            click.echo(f"{done.key} : {out / name}")
        for name in done.kept:
            click.echo(f"{done.key} : {out / name}, déjà fait (supprimez-le pour le refaire)")
        for sentence in filter(None, (*done.remarks, done.reason)):
            click.echo(f"{done.key} : {sentence}", err=True)
    click.echo(batch.summary(results))
    if any(done.reason for done in results):
        raise DiagnosticError(
            "Des documents manquent : les raisons sont ci-dessus ; relancez la commande, qui garde ce qui est fait."
        )


@command("bilan")
@click.argument("plan", metavar="PLAN", type=ProjectPath())
@click.option("--annee", "year", type=int, help="Année du bilan [l’année passée, dans la période du plan].")
@click.option("--format", "formats", default="docx,pptx", help="docx, pptx, ou les deux [docx,pptx].")
@click.option("--out", type=ProjectPath(), default="dist", help="Dossier à remplir [dist].")
@database_option
def bilan(plan: Path, year: int | None, formats: str, out: Path, path: Path | None) -> None:
    """Écrit le bilan d’une convention à la fin d’une année, d’après son plan (.ctg.json) ; la dernière
    année, c’est son évaluation."""
    from datetime import date

    from diagnostic import plan as plans
    from diagnostic import report
    from diagnostic.exports import bilan as files

    chosen = tuple(dict.fromkeys(name.strip().lower() for name in formats.split(",") if name.strip()))
    unknown = [name for name in chosen if name not in files.FORMATS]
    if unknown or not chosen:
        raise DiagnosticError(
            f"« {unknown[0] if unknown else formats} » n’est pas un format de bilan : choisissez parmi "
            f"{', '.join(files.FORMATS)}.",
            code=2,
        )
    if not plan.is_file():
        raise DiagnosticError(f"Le plan « {plan} » n’existe pas : indiquez un fichier .ctg.json.", code=2)
    opened = plans.from_json(plan.read_bytes())
    asked = min(max(date.today().year - 1, opened.first_year), opened.last_year) if year is None else year
    if not opened.first_year <= asked <= opened.last_year:
        raise DiagnosticError(
            f"Le plan va de {opened.first_year} à {opened.last_year} : choisissez une de ces années avec --annee.",
            code=2,
        )
    if not opened.fiches:
        raise DiagnosticError("Ce plan n’a pas de fiche action : il n’y a pas de bilan à en faire.")
    db = open_base(path)
    opened = plans.on_ground(opened, db).plan
    found = report.build(db, opened.territory)
    out.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        file = out / files.filename(found, opened, asked, name)
        file.write_bytes(files.build(found, opened, db, asked, name))
        click.echo(f"{opened.territory} : {file}")


def expanded(db: Database, keys: tuple[str, ...]) -> list[str]:
    """The keys, each once; `epci-de:33` stands for every EPCI of the département, `epci-de:france` for all."""
    found: dict[str, None] = {}
    for key in keys:
        if not key.startswith(ALL_EPCI):
            found[key] = None
            continue
        code = key.removeprefix(ALL_EPCI)
        rows = db.rows(
            "select code from territory where level = 'epci' and ? in (departement, 'france') order by code",
            code,
        )
        if not rows:
            raise DiagnosticError(
                f"Aucune intercommunalité dans le département « {code} » de cette base : écrivez par exemple epci-de:33.",
                code=2,
            )
        found.update((f"epci:{row[0]}", None) for row in rows)
    return list(found)


def open_base(path: Path | None) -> Database:
    from diagnostic.warehouse import open_database

    return open_database(path)


def edition(vintage: str) -> str:
    return f"millésime {vintage}" if vintage else "sans millésime"


def heading(text: str) -> None:
    click.echo(f"\n{text}")


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def size(octets: int | None) -> str:
    """ "12,3 Mo", "850 ko"; "—" when unknown."""
    if octets is None:
        return french.UNKNOWN
    if octets < 1_000_000:
        return f"{french.number(octets / 1_000)}{french.NBSP}ko"
    return f"{french.number(octets / 1_000_000, 1)}{french.NBSP}Mo"


# --- Progress ------------------------------------------------------------------------------------


class ProgressLine:
    """One line on standard error: redrawn in a terminal, else repeated every few seconds."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.pause = SECONDS_BETWEEN_REDRAWS if self.terminal else SECONDS_BETWEEN_LINES
        self.last = time.monotonic()
        self.drawn = False

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if now - self.last < self.pause:
            return
        self.last = now
        self.drawn = self.terminal
        print(
            f"\r\033[K{text[:100]}" if self.terminal else text,
            end="" if self.terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        """Leave the line free for what is said for good."""
        if self.drawn:
            self.drawn = False
            print("\r\033[K", end="", file=sys.stderr, flush=True)


@contextmanager
def progress_line() -> Iterator[ProgressLine]:
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()


# --- Refusals ------------------------------------------------------------------------------------


def because(error: OSError) -> str:
    """The cause of a system error in French; the system's own words for a rare one."""
    return {
        errno.ENOENT: "il n’existe pas",
        errno.ENOTDIR: "ce n’est pas un dossier",
        errno.EISDIR: "c’est un dossier",
        errno.EEXIST: "un fichier porte ce nom",
        errno.EACCES: "les droits manquent",
        errno.EPERM: "les droits manquent",
        errno.EROFS: "le disque est en lecture seule",
        errno.ENOSPC: "le disque est plein",
        errno.EDQUOT: "le quota est atteint",
        errno.EFBIG: "la taille permise est dépassée",
    }.get(error.errno or 0, error.strerror or type(error).__name__)


def system_sentence(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"L’écriture a échoué : {because(error)}. Libérez de la place ou choisissez un autre dossier, puis relancez."
    where = f"« {error.filename} » " if error.filename else ""
    return f"L’accès à {where or 'un fichier '}a échoué : {because(error)}. Vérifiez le chemin et les droits, puis relancez."


def usage_sentence(error: click.ClickException) -> str:
    """What is wrong with the call, and where its options are listed."""
    context = getattr(error, "ctx", None)
    hint = f"Voir : {context.command_path if context else 'python -m diagnostic'} --help."
    if isinstance(error, click.NoSuchOption):
        return f"L’option « {error.option_name} » n’existe pas. {hint}"
    if isinstance(error, click.MissingParameter):
        return f"Il manque {error.param.make_metavar(context) if error.param and context else 'un argument'}. {hint}"
    if isinstance(error, click.BadOptionUsage):
        return f"L’option « {error.option_name} » attend une valeur. {hint}"
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param else "un argument"
        return f"La valeur donnée à « {name} » ne convient pas. {hint}"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"La commande « {error.command_name} » n’existe pas : choisissez parmi {', '.join(cli.commands)}. {hint}"
    return f"La commande a reçu un argument de trop. {hint}"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; what the user must know is on standard error."""
    try:
        code = cli.main(arguments, prog_name="python -m diagnostic", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except DiagnosticError as error:
        return refuse(str(error), error.code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        return 2
    except click.ClickException as error:
        return refuse(usage_sentence(error), 2)
    except (click.Abort, KeyboardInterrupt):
        return refuse("Interrompu.", 130)
    except BrokenPipeError:
        silence(sys.stdout)
        return 1
    except OSError as error:
        silence(sys.stdout)
        return refuse(system_sentence(error), 1)


def refuse(sentence: str, code: int) -> int:
    click.echo(french.typographic(sentence), err=True)
    return code


def silence(stream: Any) -> None:
    """Let the interpreter close a stream that nobody reads, or that is full, without a second error."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    # A command makes a hundred thousand lasting objects: looking for cycles among them costs a sixth of its time.
    gc.set_threshold(200_000)
    sys.exit(main())
