"""What restore drills of all kinds of stores have in common."""
