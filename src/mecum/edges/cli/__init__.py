"""The command line: says what a person typed to a running server, or to the opened data folder itself."""
