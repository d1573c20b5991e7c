"""The commands, declared on `cli` by the modules that hold them.

Libraries of figures and maps load inside the commands: `search` and `--help` wait for none of them.
"""

from diagnostic.commands import asking, making, supplying
from diagnostic.commands.calls import cli
