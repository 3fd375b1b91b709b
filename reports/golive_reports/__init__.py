"""Renderings of one run record: JSON, Markdown, terminal.

Each is a pure function of the record; the decision and the status of every check are
recomputed from the evidence that the record holds (``golive.verdict``), never copied.
"""
