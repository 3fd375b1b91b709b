"""The service itself, started on restored data and asked for it."""
