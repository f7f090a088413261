"""What can go wrong with a project."""

from mecum.kernel.errors import Conflict, NotFound


class ProjectNotFound(NotFound):
    """There is no such project."""

    code = "project.not_found"


class ProjectConflict(Conflict):
    """The project was changed meanwhile; `current` is what it is now."""

    code = "project.conflict"


class ProjectNameTaken(Conflict):
    """Another project has this name."""

    code = "project.name_taken"


class ProjectItemNotFound(NotFound):
    """There is nothing with this id that could be put into a project."""

    code = "project.item_not_found"


class NotInProject(NotFound):
    """This is not in the project."""

    code = "project.not_in_it"
