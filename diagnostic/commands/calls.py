"""How a command is declared: its help in French, its paths, its database, how it answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnostic import ROOT
from diagnostic.model import DiagnosticError

if TYPE_CHECKING:
    from diagnostic.warehouse import Database


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


def open_base(path: Path | None) -> Database:
    from diagnostic.warehouse import open_database

    return open_database(path)


def read(path: Path, what: str, option: str) -> bytes:
    if not path.is_file():
        raise DiagnosticError(f"{what} « {path} » n’existe pas : vérifiez {option}.", code=2)
    return path.read_bytes()


def heading(text: str) -> None:
    click.echo(f"\n{text}")


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def edition(vintage: str) -> str:
    return f"millésime {vintage}" if vintage else "sans millésime"
