"""Lists that are read page after page."""

from gateway.calls.pages import every
from smartcity.living.v1 import routes_pb2 as pb


async def listed(asked: pb.ListRoutesRequest) -> pb.ListRoutesResponse:
    """Two lines a page, of four pages."""
    page = int(asked.page_token or 0)
    return pb.ListRoutesResponse(
        routes=[pb.Route(id=f"{page}-{each}") for each in (1, 2)], next_page_token=str(page + 1) if page < 3 else ""
    )


async def test_all_that_is_listed_is_read_in_its_order_over_all_pages() -> None:
    found = await every(listed, pb.ListRoutesRequest(), "routes", 10)
    assert [one.id for one in found] == ["0-1", "0-2", "1-1", "1-2", "2-1", "2-2", "3-1", "3-2"]


async def test_no_more_pages_are_read_than_are_wanted() -> None:
    found = await every(listed, pb.ListRoutesRequest(), "routes", 2)
    assert [one.id for one in found] == ["0-1", "0-2", "1-1", "1-2"]
