"""The only room that starts a process: walls, limits, the forkserver and the wire."""
