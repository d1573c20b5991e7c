"""Each template goes with a Table Schema: sound for frictionless, and true of the template itself."""

from __future__ import annotations

from pathlib import Path

import frictionless
import pytest

from diagnostic.local.blank import as_csv
from diagnostic.local.schema import as_json, schema
from diagnostic.local.templates import TEMPLATES


def report(folder: Path, content: bytes, id: str) -> frictionless.Report:
    """What frictionless says of a file of this template, read as spreadsheets in French write it."""
    (folder / "fichier.csv").write_bytes(content)
    resource = frictionless.Resource(
        path="fichier.csv",
        basepath=str(folder),
        encoding="utf-8-sig",
        schema=frictionless.Schema.from_descriptor(schema(TEMPLATES[id])),
        dialect=frictionless.Dialect(controls=[frictionless.formats.CsvControl(delimiter=";")]),
    )
    return resource.validate()


@pytest.mark.parametrize("id", TEMPLATES)
def test_the_schema_of_a_template_is_sound_and_accepts_its_example(id: str, tmp_path: Path):
    found = report(tmp_path, as_csv(TEMPLATES[id]), id)
    assert found.valid, found.flatten(["title", "message"])
    assert f'"title": "{TEMPLATES[id].title}"' in as_json(TEMPLATES[id])


@pytest.mark.parametrize(
    ("id", "wrong"),
    [
        ("eaje", "01004;Ambérieu-en-Bugey;01500;Multi-accueil;A;B;vingt;oui;non;01/09/2025"),
        ("eaje", "1004;Ambérieu-en-Bugey;01500;Multi-accueil;A;B;20;oui;non;01/09/2025"),
        ("eaje", "01004;Ambérieu-en-Bugey;01500;Multi-accueil;A;B;;oui;non;01/09/2025"),
        ("ctg", "01004;Ambérieu-en-Bugey;01500;peut-être;31/12/2027"),
        ("ctg", "01004;Ambérieu-en-Bugey;01500;oui;2027-12-31"),
    ],
)
def test_what_the_template_does_not_hold_is_told(id: str, wrong: str, tmp_path: Path):
    heading = as_csv(TEMPLATES[id]).split(b"\r\n")[0]
    assert not report(tmp_path, heading + b"\r\n" + wrong.encode() + b"\r\n", id).valid
