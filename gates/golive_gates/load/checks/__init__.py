"""One pure judge a file."""
