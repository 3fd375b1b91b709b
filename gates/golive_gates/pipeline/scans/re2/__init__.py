"""Regular expressions as Go's ``regexp`` reads them, in time linear in the text.

Allow-lists of scanners are written in RE2's syntax and come from strangers: Python's ``re`` reads
some of it otherwise and may take for ever on the rest.
"""
