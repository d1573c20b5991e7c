"""The script of every rerun: the choices bound to the address, the navigation, the page inside its guard."""

from __future__ import annotations

from copy import copy

import streamlit as st

from diagnostic.ui import frame, observing, pages, state, turns
from diagnostic.warehouse.database import held

with turns.PAGES.one():
    st.set_page_config(page_title=frame.TITLE, page_icon=frame.ICON, layout="wide")
    frame.apply_pending()
    state.draw()
    frame.style()
    st.logo(frame.logo(), size="large", link=None)

    # A copy each run: the navigation writes on a page whether it may be drawn.
    _shown = {entry.name: copy(entry.link) for entry in pages.existing()}
    _groups = {group: [_shown[entry.name] for entry in pages.of_group(group)] for group in pages.GROUPS}
    _groups[""] += [_shown[entry.name] for entry in pages.of_group(None)]
    _chosen = st.navigation(_groups, position="top")
    # Every question that draws the page is answered by one edition of the data.
    with observing.timed(), held():
        frame.around(next(entry for entry in pages.existing() if _shown[entry.name] is _chosen))
        observing.banner()
        frame.guarded(_chosen.run)
