"""What script/server does once the environment stands: prepare, start, watch and stop."""
