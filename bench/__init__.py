"""The figures of the product, each measured against its goal: `python -m bench`."""
