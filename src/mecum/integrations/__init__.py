"""One folder per vendor or protocol, one file per port it serves."""
