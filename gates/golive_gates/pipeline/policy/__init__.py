"""Files that say who decides, who is told and what stays out of the repository. Pure."""
