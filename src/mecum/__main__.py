"""The `mecum` command. Answers `--version` itself, so that asking for the version loads nothing."""

import sys

from mecum import VERSION_JSON, __version__


def main() -> None:
    """Run the command line with the arguments of this process and exit with its code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"mecum {__version__}\n")
        return
    if sorted(arguments) == ["--json", "--version"]:
        sys.stdout.write(f"{VERSION_JSON}\n")
        return
    from mecum.edges.cli.root import run  # noqa: PLC0415 - asking for the version must not pay for it

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
