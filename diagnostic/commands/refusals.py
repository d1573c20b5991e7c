"""Every refusal as one French sentence: what is wrong with the call, with a file, with the disk."""

from __future__ import annotations

import errno
import os
from typing import Any

import click

from diagnostic import french
from diagnostic.commands.calls import cli


def system_sentence(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"L’écriture a échoué : {french.because(error)}. Libérez de la place ou choisissez un autre dossier, puis relancez."
    where = f"« {error.filename} » " if error.filename else ""
    return f"L’accès à {where or 'un fichier '}a échoué : {french.because(error)}. Vérifiez le chemin et les droits, puis relancez."


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


def refuse(sentence: str, code: int) -> int:
    click.echo(french.typographic(sentence), err=True)
    return code


def silence(stream: Any) -> None:
    """Let the interpreter close a stream that nobody reads, or that is full, without a second error."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return
