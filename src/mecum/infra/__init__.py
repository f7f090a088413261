"""Mechanism without business words: storage, network, jobs, secrets, blobs."""
