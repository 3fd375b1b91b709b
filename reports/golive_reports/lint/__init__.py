"""Renderings of one lint record: text, JSON, SARIF 2.1.0, JUnit. Pure functions of the record."""
