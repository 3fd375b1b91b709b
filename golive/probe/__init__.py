"""Instruments that gates share: HTTP calls, event streams, open-loop schedules.

They observe and never judge. Trouble of the network is data in their results, not an
exception; every instrument is bounded in time and memory whatever the other side sends.
"""
