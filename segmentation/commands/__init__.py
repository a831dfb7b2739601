"""The command line: what it is told, what it reads, what it writes."""
