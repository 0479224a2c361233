"""Project folders: the tree, samples, recent projects."""
