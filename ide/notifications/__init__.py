"""Notifications: toasts for what is worth knowing, kept in a log."""

from ide.notifications.log import NoticesButton
from ide.notifications.toasts import Notice, Notifications

__all__ = ["Notice", "NoticesButton", "Notifications"]
