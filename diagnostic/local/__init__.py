"""The territory's own data: read without trust, checked line by line, kept in memory only.

templates (what we ask for) > worker, reading (bytes to a table) > mapping, communes (whose column,
which commune) > validation (accepted, repaired, refused) > store (facts of one session).
"""
