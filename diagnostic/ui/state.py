"""What the user has chosen, kept in the address: every choice is a hidden text bound to a parameter.

Visible controls write into these texts and read from them, so that a link, the back button and a
change of page all find the same view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.elements.widgets import text_widgets

from diagnostic.access import REACHES_KM
from diagnostic.indicators import BY_ID, OFFICIAL
from diagnostic.local.indicators import LOCAL_BY_ID
from diagnostic.model import Below
from diagnostic.story.cut import FIGURES as CUT
from diagnostic.ui import pages

# Parameter of the address -> value when it is absent.
PARAMETERS: dict[str, str] = {
    "territoire": "",
    "nom": "",
    "reference": "",
    "indicateur": OFFICIAL,
    "rayon": "5",
    "portee": "15",
    "echelle": "",
    "donnee": "moins_3",
    "couleur": "ecart",
    "methode": "quantiles",
    "classes": "5",
    "bornes": "",
    "afficher": "noms",
    "avec": "",
    "ordonnee": OFFICIAL,
    "ecran": "1",
    "commune": "",
}
SEPARATOR = "."
WORDS = {
    "reference": "la référence",
    "indicateur": "l’indicateur",
    "rayon": "le rayon",
    "portee": "la distance",
    "echelle": "l’échelle",
    "donnee": "la donnée",
    "couleur": "la couleur",
    "methode": "la méthode",
    "classes": "le nombre de classes",
    "ordonnee": "l’indicateur",
    "ecran": "l’écran",
}
_ALLOWED: dict[str, Callable[[str], bool]] = {
    "indicateur": lambda value: value in BY_ID or value in LOCAL_BY_ID,
    "ordonnee": lambda value: value in BY_ID,
    "rayon": lambda value: _whole(value, 1, 20),
    "portee": lambda value: value in {f"{km:.0f}" for km in REACHES_KM},
    "echelle": lambda value: value in {"commune", "epci", "departement", "region", *Below},
    "donnee": lambda value: value in CUT,
    "couleur": lambda value: value in {"ecart", "classes"},
    "methode": lambda value: value in {"quantiles", "seuils_naturels", "amplitudes_egales", "bornes"},
    "classes": lambda value: _whole(value, 2, 5),
    "ecran": lambda value: _whole(value, 1, 99),
}


def _whole(value: str, low: int, high: int) -> bool:
    return value.isdecimal() and low <= int(value) <= high


def base() -> str:
    """The path under which the application is served, "" at the root: Streamlit does not prefix our routes."""
    path = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


class _Asked:
    """What a text asks of the visit: the value of its own key. Streamlit copies the whole visit for each text to read that
    one, and twenty hidden texts a run made it a sixth of the processor of a page."""

    filtered_state = st.session_state


text_widgets.get_session_state = _Asked  # type: ignore[assignment]


def draw() -> None:
    """Write the hidden texts; called once a run, by the navigation script. All of them: a browser takes no value of a text
    that it meets for the first time."""
    with st.container(key="etat"):
        for name, default in PARAMETERS.items():
            st.text_input(name, default, key=name, bind="query-params", max_chars=2000)


def check() -> None:
    """Put back what the link says amiss and begin again; after the navigation, which a new run would lose."""
    bad = {name: get(name) for name, allowed in _ALLOWED.items() if get(name) and not allowed(get(name))}
    for name, value in bad.items():
        reject(name, value)
    if bad:
        st.rerun()


def reject(name: str, value: str) -> None:
    """Put a parameter that means nothing back to its usual value at the next run, which says it once."""
    st.session_state.setdefault("a_ouvrir", {})[name] = PARAMETERS[name]
    st.session_state.setdefault("rejets", {})[name] = value[:60]


def theme() -> str:
    """The theme of the page in the browser: "light" or "dark"."""
    return "dark" if st.context.theme.type == "dark" else "light"


def get(name: str) -> str:
    """The value of a parameter of `PARAMETERS`; its default where the address does not hold it."""
    value = st.session_state.get(name)
    return PARAMETERS[name] if value in (None, "") else str(value)


def leave(page: str, **choices: str) -> None:
    """Go to another page with these choices: the run that draws it takes them, this one has drawn its own. A link that
    names a parameter is no way: the visit's own value wins over it."""
    st.session_state["a_ouvrir"] = choices
    st.switch_page(pages.named(page).link, query_params={})


def put(**values: object) -> None:
    """Change parameters; for callbacks only (`on_click=state.put, kwargs={"territoire": key}`)."""
    for name, value in values.items():
        if name not in PARAMETERS:
            raise KeyError(name)
        st.session_state[name] = str(value)


def many(name: str) -> list[str]:
    """A parameter that holds several values."""
    return [value for value in get(name).split(SEPARATOR) if value and value != "aucun"]


def put_many(name: str, values: Sequence[str]) -> None:
    """Change a parameter that holds several values; for callbacks only. None left is not the default."""
    st.session_state[name] = SEPARATOR.join(values) or "aucun"


def _one(
    draw_widget: Callable[..., Any], name: str, label: str, options: Mapping[str, str], **rest: Any
) -> str:
    """A control of one choice among `options` (value -> words); an unknown value gives the first one."""
    current = get(name)
    if current not in options:
        current = next(iter(options))
    key = f"choix_{name}"
    st.session_state[key] = current

    def changed() -> None:
        # A segmented control can be emptied by a second click: the choice then stays what it was.
        st.session_state[name] = st.session_state[key] or current

    draw_widget(
        label, list(options), format_func=lambda value: options[value], key=key, on_change=changed, **rest
    )
    return current


def select(name: str, label: str, options: Mapping[str, str], **rest: Any) -> str:
    """A select box bound to the parameter `name`; returns the chosen value."""
    return _one(st.selectbox, name, label, options, **rest)


def segmented(name: str, label: str, options: Mapping[str, str], **rest: Any) -> str:
    """A segmented control bound to the parameter `name`; returns the chosen value. What leaves no choice is not drawn."""
    if len(options) == 1:
        return next(iter(options))
    return _one(st.segmented_control, name, label, options, **rest)


def pills(name: str, label: str, options: Mapping[str, str], **rest: Any) -> list[str]:
    """Pills, several at once, bound to the parameter `name`; returns the chosen values."""
    current = [value for value in many(name) if value in options]
    key = f"choix_{name}"
    st.session_state[key] = current
    st.pills(
        label,
        list(options),
        format_func=lambda value: options[value],
        selection_mode="multi",
        key=key,
        on_change=lambda: put_many(name, st.session_state[key]),
        **rest,
    )
    return current


def words(name: str, label: str, **rest: Any) -> str:
    """A text bound to the parameter `name`; returns what is typed."""
    key = f"choix_{name}"
    st.session_state[key] = get(name)
    st.text_input(label, key=key, on_change=lambda: put(**{name: st.session_state[key]}), **rest)
    return get(name)


def slider(name: str, label: str, low: int, high: int, **rest: Any) -> int:
    """A slider of whole numbers bound to the parameter `name`; a value out of range gives the default."""
    text = get(name)
    current = int(text) if text.isdecimal() and low <= int(text) <= high else int(PARAMETERS[name])
    key = f"choix_{name}"
    st.session_state[key] = current
    st.slider(label, low, high, key=key, on_change=lambda: put(**{name: st.session_state[key]}), **rest)
    return current
