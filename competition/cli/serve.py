"""`competition serve`."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from competition.cli.application import application, stop


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="COMPETITION_PORT", type=int)
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve_command(host: str, port: int, threads: int) -> None:
    """Serve the pages until Ctrl-C."""
    with application(**served_at(os.environ, host, port)) as app:
        click.echo(f"Serving on http://{host}:{port} (Ctrl-C stops)")
        run(app, host, port, threads)


def served_at(environment: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """The setting of the address that links lead to, unless the environment names one."""
    if "COMPETITION_PUBLIC_URL" in environment:
        return {}
    return {"public_url": f"http://{host}:{port}"}


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
