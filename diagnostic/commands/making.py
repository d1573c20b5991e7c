"""The documents of territories and the bilan of a convention: `export`, `bilan`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnostic.commands.calls import ProjectPath, command, database_option, open_base, read
from diagnostic.model import DiagnosticError

if TYPE_CHECKING:
    from diagnostic.plan import Documents, Plan
    from diagnostic.warehouse import Database


ALL_EPCI = "epci-de:"


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


@command("export")
@click.argument("keys", metavar="TERRITOIRE...", nargs=-1, required=True)
@click.option(
    "--format",
    "formats",
    default="pptx",
    help="Formats séparés par des virgules : pptx, pdf, note, docx, fiches, fiches_word, xlsx, csv, images, geojson [pptx].",
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
    if failed := [done.code for done in results if done.reason]:
        raise DiagnosticError(
            "Des documents manquent : les raisons sont ci-dessus ; relancez la commande, qui garde ce qui est fait.",
            code=max(failed),
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
    from diagnostic.exports import batch
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
        batch.write(file, files.build(found, opened, db, asked, name))
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
