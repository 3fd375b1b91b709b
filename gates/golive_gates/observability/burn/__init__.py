"""Multi-window, multi-burn-rate alerts: written for the SLOs, and found in rules."""
