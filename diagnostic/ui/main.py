"""The script of every rerun: the choices bound to the address, the navigation, the page inside its guard."""

from __future__ import annotations

import streamlit as st

from diagnostic.ui import frame, observing, pages, state
from diagnostic.warehouse.database import held

st.set_page_config(page_title="Diagnostic territorial CTG", page_icon=frame.ICON, layout="wide")
frame.apply_pending()
state.draw()
frame.style()
st.logo(str(frame.logo()), size="large", link=None)

_sections: dict[str, list] = {}
for entry in pages.existing():
    page = st.Page(
        entry.path,
        title=entry.title,
        url_path=entry.name,
        default=entry.name == "synthese",
        visibility="hidden" if entry.hidden else "visible",
    )
    _sections.setdefault(entry.section, []).append(page)
# Every question that draws the page is answered by one edition of the data.
with observing.timed(), held():
    observing.banner()
    frame.guarded(st.navigation(_sections, position="top").run)
