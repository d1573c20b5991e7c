"""Started by `streamlit run dashboard.py`: the application, its routes, and the script of every rerun."""

from pathlib import Path

import streamlit as st

from diagnostic.ui import identity, observing, server

app = st.App(
    Path(__file__).resolve().parent / "diagnostic" / "ui" / "main.py",
    routes=server.routes(),
    middleware=server.middleware(),
    lifespan=observing.lifespan,
    secrets=identity.settings(),
)
