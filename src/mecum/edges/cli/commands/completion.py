"""`mecum completion`: what a shell needs to complete our commands."""

import click
from click.shell_completion import get_completion_class

from mecum.edges.cli import options, render


@options.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: mecum completion bash > ~/.local/share/bash-completion/completions/mecum
    zsh:  mecum completion zsh > ~/.zfunc/_mecum   (a folder in $fpath)
    fish: mecum completion fish > ~/.config/fish/completions/mecum.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(context.find_root().command, {}, "mecum", "_MECUM_COMPLETE")
    # Not `.source()`: that one runs the shell to ask for its version.
    render.raw(script.source_template % script.source_vars())
