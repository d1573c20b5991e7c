"""Print the table of measured figures: `python -m benchmarks [NAME]...`.

Each module `benchmarks/bench_<name>.py` has a function `results()` that yields `Result` rows.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(names: list[str]) -> None:
    found = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(names) - set(found)
    if unknown:
        sys.exit(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(found)}")
    print("| benchmark | measure | value | target | note |\n|---|---|---|---|---|")
    for name in names or found:
        for row in importlib.import_module(f"benchmarks.bench_{name}").results():
            print(
                f"| {name} | {row.name} | {row.value:,.4g} {row.unit} | {row.target} | {row.note} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
