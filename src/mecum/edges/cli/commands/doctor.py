"""`mecum doctor`."""

import click

from mecum.edges.cli import doctor, options, render, terminal
from mecum.edges.cli.options import Options
from mecum.edges.cli.upkeep import Finding


@options.command("doctor")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, then check again.")
def command(context: click.Context, fix: bool) -> int:
    """Check this installation and say how to fix what is wrong.

    The exit code is 1 when something must be mended, 0 otherwise.
    """
    findings = list(doctor.examine(Options.of(context)))
    if fix and (mendable := [one for one in findings if one.mend is not None]):
        for one in mendable:
            doctor.mend(one)
            render.notice(f"mended: {one.name}: {one.says}")
        findings = list(doctor.examine(Options.of(context)))
    healthy = all(finding.state != "error" for finding in findings)
    if Options.of(context).json:
        render.json({"healthy": healthy, "checks": [_shown(one) for one in findings]})
    else:
        terminal.checks((item.state, item.name, item.says, item.remedy) for item in findings)
    return 0 if healthy else 1


def _shown(finding: Finding) -> dict[str, object]:
    told = {"state": finding.state, "name": finding.name, "says": finding.says, "remedy": finding.remedy}
    return {**told, "fixable": finding.mend is not None}
