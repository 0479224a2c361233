"""Commands: declared once as data, shown in menus, tool bar, palette and keyboard help."""

from ide.commands.command import Command, Menu, Scope, always
from ide.commands.registry import CommandRegistry

__all__ = ["Command", "CommandRegistry", "Menu", "Scope", "always"]
