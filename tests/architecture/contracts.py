"""The contracts of `.importlinter` that import-linter does not bring with it."""

from fnmatch import fnmatchcase
from typing import Any, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateFiles(Contract):
    """A context is used from outside only through the files it opens.

    `contexts` is the package whose children are the contexts; `open` the file names anybody may import. A pattern
    in `ways_in` (`edges -> http`) opens more files to one room; whoever is in `insiders` may look behind everything.
    """

    type_name = "private_files"

    contexts = fields.StringField()
    open = fields.ListField(subfield=fields.StringField())
    ways_in = fields.ListField(subfield=fields.StringField(), required=False)
    insiders = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare every import into a context with what its importer may see."""
        del verbose
        offences = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if self._is_private(imported)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not self._may_see(importer, imported)
        ]
        return ContractCheck(kept=not offences, metadata={"offences": offences})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print who looked where."""
        for importer, imported in cast("list[tuple[str, str]]", check.metadata["offences"]):
            output.print_error(f"{importer} must not import {imported}")
            output.new_line()

    def _is_private(self, module: str) -> bool:
        file = self._file(module)
        return file is not None and file not in _words(self.open)

    def _may_see(self, importer: str, imported: str) -> bool:
        if self._context(importer) == self._context(imported):
            return True
        if any(fnmatchcase(importer, pattern) for pattern in _words(self.insiders)):
            return True
        return any(self._opens(way, importer, imported) for way in _words(self.ways_in))

    def _opens(self, way: str, importer: str, imported: str) -> bool:
        room, _, file = (part.strip() for part in way.partition("->"))
        return fnmatchcase(importer, room) and self._file(imported) == file

    def _context(self, module: str) -> str | None:
        inside = _below(cast("str", self.contexts), module)
        return inside[0] if inside else None

    def _file(self, module: str) -> str | None:
        inside = _below(cast("str", self.contexts), module)
        return inside[1] if len(inside) > 1 else None


class Confined(Contract):
    """Only the rooms named in `rooms` import the packages named in `packages`, whether directly or below them."""

    type_name = "confined"

    packages = fields.ListField(subfield=fields.StringField())
    rooms = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare every importer of a confined package with the rooms it may be in."""
        del verbose
        offences = [
            (importer, package)
            for package in _words(self.packages)
            for module in sorted(graph.modules)
            if module == package or module.startswith(f"{package}.")
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not any(fnmatchcase(importer, room) for room in _words(self.rooms))
        ]
        return ContractCheck(kept=not offences, metadata={"offences": offences})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print who imported what."""
        for importer, package in cast("list[tuple[str, str]]", check.metadata["offences"]):
            output.print_error(f"{importer} must not import {package}")
            output.new_line()


def _words(value: Any) -> list[str]:
    return list(cast("list[str]", value or []))


def _below(package: str, module: str) -> list[str]:
    """Split what follows `package.` in a module's name; empty where it is not below."""
    prefix = f"{package}."
    return module[len(prefix) :].split(".") if module.startswith(prefix) else []
