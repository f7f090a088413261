"""`mecum doctor`."""

import dataclasses

import click

from mecum.edges.cli import doctor, options, render, terminal
from mecum.edges.cli.options import Options


@options.command("doctor")
def command(context: click.Context) -> int:
    """Check this installation and say how to fix what is wrong.

    The exit code is 1 when something must be mended, 0 otherwise.
    """
    findings = list(doctor.examine(Options.of(context)))
    healthy = all(finding.state != "error" for finding in findings)
    if Options.of(context).json:
        render.json({"healthy": healthy, "checks": [dataclasses.asdict(finding) for finding in findings]})
    else:
        terminal.checks((item.state, item.name, item.says, item.remedy) for item in findings)
    return 0 if healthy else 1
