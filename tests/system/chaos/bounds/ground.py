"""The products of the trials, one at a time: open, closed, or on a small disk. Each begins with a low soft limit."""

from __future__ import annotations

import asyncio
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.descriptors import raise_limit
from tests.disk import mounted_disk
from tests.stack import Stack
from tests.system.chaos import full
from tests.system.chaos.bounds.sizes import Sizes
from tests.system.chaos.planted import boot
from tests.system.chaos.product import Product
from tests.system.live.people import bearer, make_people
from tests.system.live.product import Product as LiveProduct

DISK_MEGABYTES = 300
# Planted bugs are refused in any other directory.
PREFIX = "invoicedash-stack-"


@dataclass(frozen=True)
class Place:
    """A running product, and the token of a viewer where one is needed."""

    product: Product
    viewer: str = ""


Opener = Callable[["Ground"], AbstractContextManager[Place]]


class Ground:
    """Keeps the product of the last trial for the next one that needs the same."""

    def __init__(self, bug: str | None, sizes: Sizes, loop: asyncio.Runner) -> None:
        self.sizes = sizes
        self._environment = boot.environment(bug) if bug else {}
        self._loop = loop
        self._opened = ExitStack()
        self._opener: Opener | None = None
        self._place: Place | None = None

    def place(self, opener: Opener) -> Place:
        """The product that `opener` opens; raises `NoSmallDisk`."""
        if self._place is None or opener is not self._opener:
            self.close()
            self._place, self._opener = self._opened.enter_context(opener(self)), opener
        return self._place

    def close(self) -> None:
        self._place = None
        self._opened.close()

    @contextmanager
    def running(self, data_dir: Path | None = None, env: Mapping[str, str] | None = None) -> Iterator[Stack]:
        stack = Stack(data_dir=data_dir, env={**self._environment, **(env or {})})
        try:
            with soft_limit(self.sizes.descriptors):
                stack.start()
            yield stack
        finally:
            stack.close()

    @contextmanager
    def held(self, stack: Stack, viewer: str = "") -> Iterator[Place]:
        with full.opened(Product(stack), self._loop) as product:
            yield Place(product, viewer)


@contextmanager
def open_product(ground: Ground) -> Iterator[Place]:
    """Every caller may do everything."""
    with ground.running() as stack, ground.held(stack) as place:
        yield place


@contextmanager
def closed_product(ground: Ground) -> Iterator[Place]:
    """Every call needs a token; the harness has one of an operator."""
    with ground.running(env={"INVOICEDASH_OPEN": "0"}) as stack:
        tokens = make_people(LiveProduct(stack), {"operator": "operator", "viewer": "viewer"})
        stack.headers = bearer(tokens["operator"])
        with ground.held(stack, tokens["viewer"]) as place:
            yield place


@contextmanager
def on_a_small_disk(ground: Ground) -> Iterator[Place]:
    """Its data directory is a file system of its own; raises `NoSmallDisk`."""
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (
            mounted_disk(root / "data", megabytes=DISK_MEGABYTES) as disk,
            ground.running(data_dir=disk) as stack,
            ground.held(stack) as place,
        ):
            yield place
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def soft_limit(count: int) -> Iterator[None]:
    """Processes started within begin with `count` as their soft limit; this process has its highest one afterwards."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    try:
        yield
    finally:
        raise_limit()
