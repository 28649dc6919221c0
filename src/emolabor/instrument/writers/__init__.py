"""One module a format: each turns an instrument into the bytes of a file."""
