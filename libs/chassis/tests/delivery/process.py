"""A worker in a process of its own, to be killed: `python -m delivery.process sender|noter`."""

from __future__ import annotations

import asyncio
import os
import sys

from chassis.bus.worker import Duties, work
from delivery import world


async def main(name: str) -> None:
    """Be the worker of one of the two services until killed."""
    runtime = world.build_runtime(name, os.environ["DELIVERY_DSN"], os.environ["DELIVERY_NATS"])
    await work(runtime, Duties(listening=world.noting()), health=False)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
