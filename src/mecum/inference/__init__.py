"""Models as equipment: the port they implement, the registry that finds them, the wires they speak."""
