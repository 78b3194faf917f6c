"""What other systems are told, and how they are reached."""
