"""Images that are deployed, the reports of scanners about them, and what is left out of those."""
