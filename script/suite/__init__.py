"""What script/test does once the environment stands: every check, each with its time."""
