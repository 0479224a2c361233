"""The window: Strata's desktop IDE in PySide6, on top of the facade `engine.Engine`."""
