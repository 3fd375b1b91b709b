"""The only I/O of the gate, one observer a file."""
