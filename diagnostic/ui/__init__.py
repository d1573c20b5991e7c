"""The only part of the package that knows Streamlit: routes, navigation, picker, frame, components."""
