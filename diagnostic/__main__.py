"""The command line: `python -m diagnostic demo | data | fetch | build | news | check | search | show | export | bilan`.

Every refusal is one French sentence on standard error with exit code 1 (the data are at fault) or 2 (the
call is). Relative paths start at the project's root, wherever the command is run from.
"""

from __future__ import annotations

import gc
import os
import sys

import click

from diagnostic.commands import cli
from diagnostic.commands.refusals import refuse, silence, system_sentence, usage_sentence
from diagnostic.model import DiagnosticError


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


if __name__ == "__main__":
    # A command makes a hundred thousand lasting objects: looking for cycles among them costs a sixth of its time.
    gc.set_threshold(200_000)
    done = main()
    if sys.argv[1:2] in (["show"], ["search"]):
        # All is written and the base was only read: taking apart what was made of it would cost a tenth of the whole.
        sys.stdout.flush()
        os._exit(done)
    sys.exit(done)
