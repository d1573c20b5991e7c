"""Every control of every page does something that is seen: one of each kind is used, and the page is looked at again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from diagnostic import drafts
from diagnostic import plan as plans
from diagnostic.plan import BudgetLine, Fiche, Plan, Result
from diagnostic.story import projects as acting
from diagnostic.ui import keeping, pages, state

ROOT = Path(__file__).resolve().parents[1]
EPCI = "epci:999001002"
WHOLE = {"mon_departement": "departement:F1"}
"""Where a page is opened on another territory: beside the EPCI's own row, always the first, two others make no order."""
KINDS = (
    "Button", "Radio", "Selectbox", "Multiselect", "Toggle", "Checkbox", "Slider", "NumberInput", "TextInput", "TextArea", "ButtonGroup",
)  # fmt: skip
HEAD = "synthese"
"""The page on which the controls that stand at the head of all of them are used."""
FOR_LATER = {"formats", "autres_territoires", "joindre_plan", "axe_de"}
"""What a zip will hold, once it is asked for, and where the next fiche goes: their effect is in the files and in the fiche."""
NEEDED: dict[str, dict[str, object]] = {
    "etat_suivi": {"suivi_etat": "réalisée"},
    "engage_suivi": {"suivi_montant": "1000", "suivi_auteur_engage": "Ana"},
    "valeur_suivi": {"suivi_valeur": 12.0, "suivi_auteur_valeur": "Ana"},
}
"""What a form asks for whatever else it says: filled before another of its fields is tried."""
# Links that draw controls which a page shows only in that state.
STATES = {"carte": ({"couleur": "classes"}, {"couleur": "classes", "methode": "bornes"})}


def opened(page: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    """The page as it comes by its link; « page, plan » for a visitor who has a plan under way."""
    page, _, planned = page.partition(", ")
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    kept = drafts.SqliteStore(drafts.MEMORY)
    monkeypatch.setattr(keeping, "_visitor", lambda: (kept, "v" * 22))
    if planned:
        keeping.update(drafts.PLAN, EPCI, lambda _: signed())
    app = AppTest.from_file(ROOT / "diagnostic" / "ui" / "main.py", default_timeout=60)
    for name, value in ({"territoire": WHOLE.get(page, EPCI)} | query).items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    return app.run()


def signed() -> Plan:
    """A plan of one axis and two fiches, whose years are over."""
    made = plans.add_axe(Plan("Ctg 2021-2025", EPCI, "EPCI", 2021, 2025), "Accueillir")
    for title, of in (("Ouvrir une crèche", "Places"), ("Ouvrir un relais", "Rencontres")):
        followed = Result(of, "places", 10.0, 2021, 20.0, 2025)
        fiche = Fiche(
            "", title, results=(followed,), budget=(BudgetLine("Psu", "Caf", 2022, Decimal(1_000)),)
        )
        made = plans.add_fiche(made, made.axes[0].id, fiche)
    return made


def nodes(node) -> Iterator:
    for child in getattr(node, "children", {}).values():
        yield child
        yield from nodes(child)


def controls(app: AppTest) -> dict[str, object]:
    """One control of each family of the page, by family: five hundred « Commencer une fiche » are one."""
    found: dict[str, object] = {}
    for node in nodes(app.main):
        if (
            type(node).__name__ in KINDS
            and node.key not in state.PARAMETERS
            and not getattr(node, "disabled", False)
        ):
            found.setdefault(f"{type(node).__name__} {family(node)}", node)
    return found


def family(node) -> str:
    name = node.key or node.proto.form_id or node.proto.label
    return "_".join(re.sub(r"[\d:.]+.*", "", name).split("_")[:2])


def at_head(name: str) -> bool:
    return any(part in name for part in ("recherche_territoire", "choix_reference", "presenter", "perimetre"))


def look(app: AppTest, but: str = "") -> str:
    """What the page shows: texts, names of controls, charts, maps; not what the control itself now holds."""
    lines = [str(app.session_state["territoire"]), str(app.session_state["page"])]
    for node in nodes(app._tree):
        kind = type(node).__name__
        if kind in KINDS and (node.key or "") == but and but:
            continue
        if kind in KINDS:
            lines.append(f"{kind} {node.label} {node.value}")
        elif hasattr(node, "proto"):
            lines.append(f"{kind} {node.proto}")
    return re.sub(r"id: \"[^\"]*\"|\$\$ID-[^\"\s]*", "", "\n".join(lines))


def use(node) -> None:
    """What a visitor does with it: press, choose another, type."""
    match type(node).__name__:
        case "Button":
            node.click()
        case "Selectbox":
            first = node.value is not None and node.index == 0
            node.select_index(min(1, len(node.options) - 1) if first else 0)
        case "Multiselect":
            node.select(node.options[0])
        case "Toggle":
            node.set_value(not node.value)
        case "Checkbox":
            node.set_value(not node.value)
        case "Radio":
            node.set_value(node.options[-1])
        case "Slider" | "NumberInput":
            node.set_value((node.value or 0) + (node.step or 1))
        case "ButtonGroup":
            held = node.value
            node.select(node.options[-1])
            if node.value == held:
                # All are chosen already, or the last one is.
                node.set_value(held[:-1]) if isinstance(held, list) else node.select(node.options[0])
        case _:
            node.set_value(
                "F1002" if "perim" in str(node.key) or node.proto.form_id == "perimetre" else TYPED
            )


def send(app: AppTest, form: str, key: str = "") -> AppTest:
    """Send a form, with what it cannot do without; `key` is the field that is tried."""
    for needed, value in NEEDED.get(form, {}).items():
        if needed != key:
            next(one for one in nodes(app.main) if getattr(one, "key", "") == needed).set_value(value)
    next(one for one in app.button if one.proto.is_form_submitter and one.proto.form_id == form).click()
    return app.run()


TYPED = "9 8 12 40"
"""A search, a name, bounds of classes: something in every field."""


def after(app: AppTest, name: str, beside: set[str]) -> str:
    """The look of the page once the control is used, "" when it is as before; one of a form is sent with it, a title with
    the button beside it, whose family joins `beside`."""
    node = controls(app)[name]
    key = node.key or ""
    before = look(app, key)
    use(node)
    form = node.proto.form_id if type(node).__name__ != "Button" else ""
    if form:
        send(app, form, key)
    else:
        app.run()
    assert not app.exception, name
    seen = look(app, key)
    if seen == before and type(node).__name__ in ("TextInput", "ButtonGroup"):
        # A title, a selection wait for the button that stands beside them.
        following = [one for one in nodes(app.main) if type(one).__name__ == "Button" or one.key == key]
        place = next(number for number, one in enumerate(following) if one.key == key)
        beside.add(family(following[place + 1]))
        following[place + 1].click()
        app.run()
        seen = look(app, key)
    if seen == before and type(node).__name__ == "Selectbox":
        # Two orders of a few rows may be the same one.
        for place in range(2, len(node.options)):
            controls(app)[name].select_index(place)
            app.run()
            seen = before if look(app, key) == before else look(app, key)
            if seen != before:
                break
    return "" if seen == before else seen


@pytest.fixture(autouse=True)
def options_by_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice made by its words is known by them: the harness would put them through the function that made them."""
    by_value = Selectbox.index.fget

    def index(self: Selectbox) -> int | None:
        return self.options.index(self.value) if self.value in self.options else by_value(self)

    monkeypatch.setattr(Selectbox, "index", property(index))


@pytest.mark.parametrize(
    "page", [*(entry.name for entry in pages.existing()), "convention, plan", "suivi, plan"]
)
def test_every_control_of_a_page_has_an_effect_that_is_seen(
    page: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent, used, beside = [], set[str](), set[str]()
    for query in ({}, *STATES.get(page, ())):
        first = controls(opened(page, demo_db, monkeypatch, **query))
        sent: dict[str, str] = {}
        for name, node in first.items():
            if name in used or (at_head(name) and page != HEAD) or family(node) in FOR_LATER | beside:
                continue
            fields = [one for one in first.values() if type(one).__name__ != "Button"]
            if type(node).__name__ == "Button" and node.proto.is_form_submitter:
                # Sent with each of its fields; alone it changes nothing.
                assert any(one.proto.form_id == node.proto.form_id for one in fields), name
                continue
            used.add(name)
            seen = after(opened(page, demo_db, monkeypatch, **query), name, beside)
            form = node.proto.form_id
            if form and type(node).__name__ != "Button":
                # The form itself has an effect: this field must change what it gives.
                if form not in sent:
                    app = opened(page, demo_db, monkeypatch, **query)
                    sent[form] = look(send(app, form), node.key or "")
                seen = "" if seen == sent[form] else seen
            if not seen:
                silent.append(name)
    assert not silent, silent


VALID = {
    "part": "35",
    "mean": "0,70",
    "territory": "3000",
    "family": "9000",
    "running": "16000",
    "investment": "20000",
}
"""An answer that is right in each field of the simulator that takes no name."""


@pytest.mark.parametrize("financed", [*acting.FINANCED, *acting.KINDS[2:]])
def test_every_answer_of_a_project_changes_what_the_simulation_says(
    financed: str, demo_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each type of project and each way of financing: no field stands there that its rules do not read."""
    app = opened("agir", demo_db, monkeypatch)
    app.selectbox(key=f"type_projet_{EPCI}").select(
        financed if financed in acting.KINDS else acting.MICRO_CRECHE
    ).run()
    if financed in acting.FINANCED:
        app.selectbox(key="financement_projet").select(financed).run()
    fields = [one for one in nodes(app.main) if type(one).__name__ in KINDS and one.proto.form_id == "projet"]
    names = [one.key for one in fields if type(one).__name__ != "Button"]
    assert len(names) > 3
    if "heures_ecole_projet" in names:
        # Hours of children with a disability are some of these.
        app.number_input(key="heures_ecole_projet").set_value(1_000)
    elif "family_fees_projet" in names:
        # What families pay comes off a cost.
        field(app, next(name for name in names if name.startswith("running_"))).set_value("20000")

    def said(key: str) -> str:
        """What the page says of the project, which is withdrawn."""
        seen = look(send(app, "projet"), key)
        app.button(key="retirer_0").click().run()
        return seen

    silent = []
    for name in names:
        tried = field(app, name)
        held, plain = tried.value, said(name)
        if type(tried).__name__ == "TextInput":
            field(app, name).set_value(VALID.get(name.split("_")[0], "Les lutins"))
        elif type(tried).__name__ == "Selectbox":
            field(app, name).select_index(1)
        elif type(tried).__name__ == "NumberInput" and held:
            # A micro-crèche may have all its places already, a project has one post at least.
            field(app, name).set_value(held + (1 if held == 1 else -1))
        else:
            use(field(app, name))
        seen = said(name)
        assert "à corriger" not in seen, tried.label
        if seen == plain:
            silent.append(tried.label)
        field(app, name).set_value(held)
    assert not silent, silent


def field(app: AppTest, key: str):
    return next(one for one in nodes(app.main) if getattr(one, "key", None) == key)
