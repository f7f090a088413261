"""Real stand-ins that speak the true wires; import from the module that names the part (`fakes.upstream`)."""
