"""What can be done with projects."""

from mecum.domains.projects.service.briefs import Briefs
from mecum.domains.projects.service.contents import ContentsService
from mecum.domains.projects.service.moving import Moving
from mecum.domains.projects.service.projects import ProjectService
from mecum.domains.projects.service.removal import Removal

__all__ = ["Briefs", "ContentsService", "Moving", "ProjectService", "Removal"]
