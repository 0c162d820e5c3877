"""A writer of its own process: the product's relay without schedules, told by the environment where all is."""

import logging
import signal
import threading

from app import build
from jobs.owners import owner_name
from jobs.relay import Relay
from settings import read_settings


def main() -> None:
    """Do what is due until told to stop."""
    logging.basicConfig(level=logging.WARNING)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    services, _ = build(read_settings())
    Relay(services, owner=owner_name("writer"), schedules={}).run(stop)


if __name__ == "__main__":
    main()
