"""What objects of a release are to each other: shared by the cross-object checks. Pure."""
