"""Work off the GUI thread: `TaskService.start` for functions, `TaskService.follow` for engine futures."""

from ide.tasks.jobs import JobsButton
from ide.tasks.service import Progress, Task, TaskService

__all__ = ["JobsButton", "Progress", "Task", "TaskService"]
