"""Archives: named members in one stream, each with its checksum, sealed as a whole when there is a key."""
