"""`competition serve`."""

from __future__ import annotations

import click

from competition.cli.application import application, stop


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="COMPETITION_PORT", type=int)
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve_command(host: str, port: int, threads: int) -> None:
    """Serve the pages until Ctrl-C."""
    with application() as app:
        click.echo(f"Serving on http://{host}:{port} (Ctrl-C stops)")
        run(app, host, port, threads)


def run(app: object, host: str, port: int, threads: int) -> None:
    """Serve with waitress; a port that is taken is said in words."""
    from waitress import create_server

    try:
        server = create_server(app, host=host, port=port, threads=threads, ident=None)
    except OSError as error:
        stop(f"Port {port} on {host} cannot be used: {error.strerror}. Choose another one.", 1)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        click.echo("Stopped.")
