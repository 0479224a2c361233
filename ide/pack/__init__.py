"""Contract Pack in the window: the module graph, and the installation of missing npm packages."""
