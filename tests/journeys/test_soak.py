"""Many messages at once while Slack asks to wait; `./run bench storm` and `./run bench soak` do the same at length."""

import asyncio

from benchmarks import storm


def test_a_storm_of_messages_loses_none_and_keeps_the_order_of_each_channel() -> None:
    done = asyncio.run(storm.storm(70, refusals=10))
    assert (done["lost"], done["doubled"], done["out_of_order"]) == (0, 0, 0)
    assert done["least_gap_s"] >= 0.9
