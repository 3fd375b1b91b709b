"""One kind of I/O a file; each observer returns one part."""
