"""The go-live gates that come with golive, one package each.

A gate imports ``golive.api`` and the shared instruments (``golive.stats``, ``golive.probe``),
never another gate. It is found through the entry-point group ``golive.gates``, the same door
that a gate from outside uses.
"""
