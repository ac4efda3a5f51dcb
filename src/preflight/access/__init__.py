"""Where access snapshots come from."""
