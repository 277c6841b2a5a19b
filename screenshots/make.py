"""Builds every picture from the sandbox: `python screenshots/make.py`, or with `--check` compares.

Pictures are built, never taken: fixed data, a clock that stands still, keys, and the drawing as SVG, which is
the same byte for byte between runs of the pinned toolkit.  Every scene is drawn at three sizes in five themes.  The
board's, and the smaller ones of the dark theme, are kept here as files; of all of them `digests.txt` has the digest,
and `--all FOLDER` writes them where they can be looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from difflib import unified_diff
from hashlib import sha256
from itertools import islice, product
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from crm_tui.config.settings import Theme  # noqa: E402 - the checkout comes first on the path
from crm_tui.service.crm import NO_HOLD, Crm  # noqa: E402
from crm_tui.store.sittings import Sittings  # noqa: E402
from crm_tui.ui.app import CrmApp  # noqa: E402
from crm_tui.ui.screens.work import WorkScreen  # noqa: E402
from screenshots.scenes import SCENES, Scene  # noqa: E402
from tests.world import clock, forever, no_wait, running_sandbox, until  # noqa: E402

SEED = 20260302
BOOK = 1200

SIZES = ((80, 24), (120, 36), (200, 60))
THEMES = tuple(theme for theme in Theme if theme != Theme.AUTO)

DIGESTS = HERE / "digests.txt"

UNSTEADY = 5
"""So many pictures may differ once, if they are as built when drawn again: more is no chance."""

TOLD = 3
"""Of so many pictures that differ it is printed in what."""

Picture = tuple[str, str]
"""Name and SVG."""


def is_kept(scene: Scene, theme: Theme, size: tuple[int, int]) -> bool:
    """Say whether a picture lies here as a file, for the README and for whoever browses."""
    return scene.name == "board" or (theme == Theme.DARK and size != SIZES[-1])


async def draw(scene: Scene, size: tuple[int, int]) -> AsyncIterator[Picture]:
    """Give a scene in all themes."""
    async with running_sandbox(size=BOOK, seed=SEED) as sandbox:
        views = sandbox.database.with_name("views.toml")
        views.write_text(scene.views, encoding="utf-8")
        if scene.data:
            sandbox.execute(scene.data)
        if scene.before is not None:
            await sandbox.fault(**scene.before)
        sleep = no_wait if scene.hold == NO_HOLD else forever
        crm = sandbox.crm(scene.sign_in, hold=scene.hold, sleep=sleep)
        sittings = Sittings(sandbox.database.with_name("sittings.json"))
        if scene.before_it is not None:
            sittings.keep(scene.before_it)
        app = CrmApp(
            crm, clock=clock, source="demo", views=views, sittings=sittings, steady=lambda: 0.0
        )
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await scene.state(sandbox, crm, pilot)
            await pilot.pause()
            await pilot.press(*scene.keys)
            if scene.hold == NO_HOLD:
                await crm.settle()
            await pilot.pause()
            await _record_has_come(app, crm)
            for theme in THEMES:
                app.dress(theme.value)
                for _ in range(2):
                    await pilot.pause()
                width, height = size
                name = f"{theme.value}/{scene.name}-{width}x{height}.svg"
                yield name, app.export_screenshot(title="crm-tui")


async def _record_has_come(app: CrmApp, crm: Crm) -> None:
    """Wait until the record beside what is worked on has been fetched whole, or could not be."""
    work = [screen for screen in app.screen_stack if isinstance(screen, WorkScreen)][-1]
    record_id = work.record_id if work.shows_record else None
    if record_id is None:
        return

    def has_come() -> bool:
        look = crm.detail(record_id)
        whole = look.detail is not None and look.detail.contact is not None
        beside = None not in (look.beside.tasks, look.beside.notes)
        return not look.loading and ((whole and beside) or look.error is not None)

    await until(crm, has_come)


def drawn(name: str, size: tuple[int, int]) -> dict[str, str]:
    """Give the pictures of one scene at one size by their names."""

    async def collect(scene: Scene) -> dict[str, str]:
        return {picture: svg async for picture, svg in draw(scene, size)}

    return asyncio.run(collect(next(scene for scene in SCENES if scene.name == name)))


def build(names: Sequence[str]) -> dict[str, str]:
    """Give all pictures of some scenes by their names, drawn by as many processes as there are processors."""
    scenes, sizes = zip(*product(names, SIZES), strict=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return {name: svg for each in pool.map(drawn, scenes, sizes) for name, svg in each.items()}


def digest_of(svg: str) -> str:
    """Give the digest of a picture."""
    return sha256(svg.encode()).hexdigest()[:16]


def kept_names() -> set[str]:
    """Name the pictures that lie here as files."""
    return {
        f"{theme.value}/{scene.name}-{width}x{height}.svg"
        for scene, theme, (width, height) in product(SCENES, THEMES, SIZES)
        if is_kept(scene, theme, (width, height))
    }


def written_digests() -> dict[str, str]:
    """Read the digests as they were written last."""
    lines = DIGESTS.read_text(encoding="utf-8").splitlines() if DIGESTS.exists() else []
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def compare(pictures: dict[str, str]) -> list[str]:
    """Name the pictures that are not as they were written."""
    digests, kept = written_digests(), kept_names()
    differing = [name for name, svg in pictures.items() if digests.get(name) != digest_of(svg)]
    for name in kept & pictures.keys():
        path = HERE / name
        if not path.exists() or path.read_text(encoding="utf-8") != pictures[name]:
            differing.append(name)
    return sorted(set(differing))


def scene_of(name: str) -> str:
    """Say of which scene a picture is."""
    return Path(name).stem.rpartition("-")[0]


def tell(differing: Sequence[str], pictures: dict[str, str]) -> None:
    """Print what is other than in the files that are kept, as far as some of them tell it."""
    for name in [name for name in differing if (HERE / name).exists()][:TOLD]:
        was = (HERE / name).read_text(encoding="utf-8").splitlines()
        lines = unified_diff(was, pictures[name].splitlines(), name, "drawn now", n=0, lineterm="")
        for line in islice(lines, 20):
            print(line[:300])


def write(pictures: dict[str, str]) -> None:
    """Keep the pictures that are kept, and the digests of all."""
    kept = kept_names()
    for name in kept & pictures.keys():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(pictures[name], encoding="utf-8")
    digests = written_digests() | {name: digest_of(svg) for name, svg in pictures.items()}
    lines = [f"{digest} {name}" for name, digest in sorted(digests.items())]
    DIGESTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(pictures)} pictures, {len(kept & pictures.keys())} of them kept as files")


def main(arguments: Sequence[str]) -> int:
    """Build or check the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the pictures of the program.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="write every picture there")
    parser.add_argument("names", nargs="*", help="scenes; all of them when none is named")
    options = parser.parse_args(arguments)
    # A drawing must not depend on who builds it: their time zone, colours or terminal.
    os.environ.update(TZ="UTC", TERM="xterm-256color", COLORTERM="truecolor")
    os.environ.pop("NO_COLOR", None)
    time.tzset()
    names = [scene.name for scene in SCENES]
    if unknown := set(options.names).difference(names):
        parser.error(f"no scene is called {', '.join(sorted(unknown))}")
    pictures = build(options.names or names)
    if options.all is not None:
        for name, svg in pictures.items():
            path = options.all / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(svg, encoding="utf-8")
    elif not options.check:
        write(pictures)
    elif differing := compare(pictures):
        tell(differing, pictures)
        scenes = sorted({scene_of(name) for name in differing})
        if len(differing) > UNSTEADY or compare(build(scenes)):
            print(f"FAILED pictures: not as built: {', '.join(differing)}")
            print("run `python screenshots/make.py` and look")
            return 1
        print(f"UNSTEADY pictures, as built when drawn again: {', '.join(differing)}")
    else:
        print(f"all {len(pictures)} pictures are as built")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
