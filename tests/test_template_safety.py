"""A stranger's .pptx: what runs, what calls outside, what explodes is found whatever its spelling."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from pptx import Presentation

from diagnostic.exports.pptx import safety
from diagnostic.model import DiagnosticError

RELS = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
THEME = "ppt/theme/theme1.xml"
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
OLE = IMAGE.replace("/image", "/oleObject")


def made(path: Path, change=lambda name, data: data, more=()) -> Path:
    """A real template, its parts changed on the way, with more of them."""
    Presentation().save(path.with_suffix(".0"))
    with zipfile.ZipFile(path.with_suffix(".0")) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        for name, data in more:
            target.writestr(name, data)
    return path


def related(relation: str):
    def change(name: str, data: bytes) -> bytes:
        if name != RELS:
            return data
        return data.replace(b"</Relationships>", relation.encode() + b"</Relationships>")

    return change


def test_a_plain_template_is_taken(tmp_path):
    safety.refuse_unsafe(made(tmp_path / "m.pptx"))


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (f'<Relationship Id="r9" Type="{IMAGE}" Target="http://x/a.png" TargetMode="External"/>', "hors du"),
        # Attributes in another order, between simple quotes, an entity in the word, no mode at all.
        (f"<Relationship TargetMode = 'External' Target='http://x/a' Type='{IMAGE}' Id='r9'/>", "hors du"),
        (f'<Relationship Id="r9" Type="{IMAGE}" Target="http://x/a" TargetMode="&#69;xternal"/>', "hors du"),
        (f'<Relationship Id="r9" Type="{IMAGE}" Target="file:///c:/a.png"/>', "hors du"),
        (f'<Relationship Id="r9" Type="{IMAGE}" Target="\\\\serveur\\a.png"/>', "hors du"),
        (f'<Relationship Id="r9" Type="{OLE}" Target="../embeddings/a.bin"/>', "OLE"),
        (f'<Relationship Id="r9" Type="{OLE.replace("oleObject", "control")}" Target="../a.xml"/>', "OLE"),
        (f'<Relationship Id="r9" Type="{OLE.replace("oleObject", "vbaProject")}" Target="a.bin"/>', "macros"),
        ("<Relationship", "n’est pas un modèle PowerPoint lisible"),
    ],
)
def test_a_relation_that_runs_or_calls_outside_is_refused(relation, reason, tmp_path):
    path = made(tmp_path / "m.pptx", related(relation))
    with pytest.raises(DiagnosticError, match=reason):
        safety.refuse_unsafe(path)


def test_a_link_that_a_reader_follows_is_harmless(tmp_path):
    link = IMAGE.replace("/image", "/hyperlink")
    relation = f'<Relationship Id="r9" Type="{link}" Target="https://ville.example" TargetMode="External"/>'
    safety.refuse_unsafe(made(tmp_path / "m.pptx", related(relation)))


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [THEME, RELS, "[Content_Types].xml", "ppt/slideLayouts/slideLayout1.xml"])
def test_a_part_that_declares_entities_is_refused_unread(part, encoding, tmp_path):
    bomb = BOMB.encode(encoding)
    path = made(tmp_path / "m.pptx", lambda name, data: bomb if name == part else data)
    with pytest.raises(DiagnosticError, match="entités XML"):
        safety.refuse_unsafe(path)


def test_a_part_under_one_name_twice_is_refused(tmp_path):
    path = made(tmp_path / "m.pptx", more=[("PPT/theme/theme1.xml", b"<a/>")])
    with pytest.raises(DiagnosticError, match="n’est pas un modèle PowerPoint lisible"):
        safety.refuse_unsafe(path)


def test_a_template_that_is_too_heavy_once_unpacked_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "HEAVIEST", 1_000)
    with pytest.raises(DiagnosticError, match="trop lourd"):
        safety.refuse_unsafe(made(tmp_path / "m.pptx"))
