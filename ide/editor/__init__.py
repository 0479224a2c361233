"""The editor: text files, the code editor, and the area with their tabs."""
