"""What can be done with projects."""

from mecum.domains.projects.service.briefs import Briefs
from mecum.domains.projects.service.contents import ContentsService
from mecum.domains.projects.service.projects import ProjectService
from mecum.domains.projects.service.removal import Removal

__all__ = ["Briefs", "ContentsService", "ProjectService", "Removal"]
