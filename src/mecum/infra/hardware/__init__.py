"""What this machine is and how it fares: processor, memory, graphics, disk, heat, battery, a container's limits."""
