"""What is known of a place, on the terminal: `search`, `show`."""

from __future__ import annotations

from pathlib import Path

import click

from diagnostic.commands.calls import command, database_option, open_base, print_json
from diagnostic.model import DiagnosticError


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
