"""What the tests need from the system: find it, install it where that is allowed, or name it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CJK_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
CJK_FONT_WORDS = ("cjk", "sourcehan", "wqy", "droidsansfallback", "uming", "ukai")


def find_chromium() -> str | None:
    """The browser's program, or None; the variable CHROMIUM names another one."""
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted,) if wanted else (*CHROMIUM_NAMES, *MAC_APPLICATIONS):
        if name and (found := shutil.which(name)):
            return found
    return None


def find_postgresql() -> str | None:
    """The folder of `initdb` and `postgres` (the newest one installed), or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return str(folder)
    return None


def find_cjk_font() -> str | None:
    """A font with Chinese characters, or None."""
    if sys.platform == "darwin":
        return "of the system"
    if shutil.which("fc-list"):
        answer = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False
        )
        return answer.stdout.split("\n", 1)[0].split(",")[0] or None
    for folder in CJK_FONT_FOLDERS:
        for file in Path(folder).rglob("*.tt[cf]") if Path(folder).is_dir() else ():
            if any(word in file.name.lower() for word in CJK_FONT_WORDS):
                return str(file)
    return None


@dataclass(frozen=True)
class Need:
    """One thing, how to find it and the Debian package that brings it."""

    name: str
    find: Callable[[], str | None]
    package: str
    what_for: str


NEEDS = (
    Need("Chromium", find_chromium, "chromium", "browser journeys"),
    Need("PostgreSQL server", find_postgresql, "postgresql", "tests on PostgreSQL"),
    Need("a CJK font", find_cjk_font, "fonts-noto-cjk", "browser journeys in Chinese"),
)


def missing() -> list[Need]:
    """The needs that this system does not meet."""
    return [need for need in NEEDS if need.find() is None]


def is_ci() -> bool:
    """Whether this run must not skip anything."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        may = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if may.returncode == 0:
            return ["sudo", "-n", "env"]
    return None


def install(needs: list[Need]) -> bool:
    """Install the packages with apt-get; False where that is not possible or fails."""
    prefix = _root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        return False
    apt = [*prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get"] if prefix else ["apt-get"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [need.package for need in needs]
    print(f"Installing from the system's packages: {' '.join(packages)}", flush=True)
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends"]):
        words = [*apt, *arguments, *(packages if "install" in arguments else [])]
        if subprocess.run(words, env=environment, check=False).returncode != 0:
            return False
    return True


def advice(needs: list[Need]) -> str:
    """One line per missing thing, and the command that would bring them."""
    lines = [
        f"  {need.name}: not found, needed for {need.what_for} (Debian package {need.package})"
        for need in needs
    ]
    packages = " ".join(need.package for need in needs)
    lines.append(f"  Install: make system, or as root: apt-get install {packages}")
    return "\n".join(lines)


def main() -> int:
    """Print what is there; with `install`, bring what is missing."""
    absent = missing()
    if "install" in sys.argv[1:] and absent:
        install(absent)
        absent = missing()
    for need in NEEDS:
        print(f"  {need.name}: {need.find() or 'not found'}")
    if absent:
        print(advice(absent))
    return 1 if absent else 0


if __name__ == "__main__":
    raise SystemExit(main())
