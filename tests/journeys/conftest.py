"""One running demo for all journeys, and a loaded process that all their commands come from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import warm
from tests.journeys.house import Demo


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> Iterator[None]:
    """What every command begins with is done once."""
    with warm.loaded():
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A seeded demo; journeys leave it as they found it or look only at what they did."""
    data: Path = tmp_path_factory.mktemp("demo")
    # All journeys together send more mail than one person would by hand.
    running = Demo.start(data, CRM_MAIL_BURST="0")
    yield running
    assert running.stop() == 0
