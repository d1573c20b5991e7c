"""The statement of accessibility: 106 criteria read from a file, and a broken line of it that no other page suffers from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnostic import REFERENCE
from diagnostic.model import DiagnosticError
from diagnostic.notices import accessibility


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    accessibility.criteria.cache_clear()
    yield
    accessibility.criteria.cache_clear()


def test_the_file_of_the_audit_holds_each_criterion_once_with_what_was_seen() -> None:
    found = accessibility.criteria()
    assert len({one.number for one in found}) == len(found) == 106
    assert {one.number.partition(".")[0] for one in found} == {str(theme) for theme in range(1, 14)}
    assert all(one.subject for one in found) and all(one.seen for one in found if one.state == "NC")
    met, failed = (sum(one.state == state for one in found) for state in ("C", "NC"))
    assert accessibility.share() == met / (met + failed) * 100


@pytest.mark.parametrize("broken", ["1.2,Images décoratives,X,Vu.", "1.2,Images décoratives,NC,", "1.2"])
def test_a_broken_line_is_named_and_the_foot_of_the_other_pages_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    lines = (REFERENCE / "rgaa.csv").read_text("utf-8").splitlines()
    lines[2] = broken
    (tmp_path / "rgaa.csv").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(accessibility, "REFERENCE", tmp_path)
    with pytest.raises(DiagnosticError, match="ligne 3"):
        accessibility.criteria()
    assert accessibility.link_label() == "Accessibilité"
