"""What GitHub itself enforces: its API asked, its answers as data, and what they come to."""
