"""Models in memory: load, unload, and swap one for another while turns go on."""
