"""Who is told of what happens, and what became of it."""

from collections.abc import Iterator
from typing import Unpack

from minima_client.endpoint_rows import (
    Delivery,
    DeliveryDetail,
    EndpointWithSecret,
    Replayed,
    WebhookEndpoint,
)
from minima_client.operations import Operation, Shape, detail, listing
from minima_client.resources import Resource
from minima_client.said import (
    ChangedEndpoint,
    DeliveryFilters,
    EndpointFilters,
    Id,
    NewEndpoint,
)


class WebhookEndpoints(Resource):
    LIST = listing("webhooks/", WebhookEndpoint, EndpointFilters)
    GET = detail("webhooks/{id}/", WebhookEndpoint)
    CREATE = Operation("POST", "webhooks/", EndpointWithSecret, takes=NewEndpoint)
    CHANGE = Operation(
        "PATCH", "webhooks/{id}/", WebhookEndpoint, takes=ChangedEndpoint, matched=True
    )
    REMOVE = Operation("DELETE", "webhooks/{id}/", type(None), Shape.NOTHING)
    ROTATE = Operation("POST", "webhooks/{id}/rotate/", EndpointWithSecret)
    TEST = Operation("POST", "webhooks/{id}/test/", Delivery)
    REPLAY = Operation("POST", "webhooks/{id}/replay/", Replayed)

    def list(self, **filters: Unpack[EndpointFilters]) -> Iterator[WebhookEndpoint]:
        """The endpoints of the organisation, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> WebhookEndpoint:
        """One endpoint, with the tag that a change of it needs."""
        return self._one(self.GET, id=pk)

    def create(self, *, key: str | None = None, **said: Unpack[NewEndpoint]) -> EndpointWithSecret:
        """Add an endpoint. The secret is shown this once."""
        return self._one(self.CREATE, said, key=key)

    def change(self, endpoint: WebhookEndpoint, **said: Unpack[ChangedEndpoint]) -> WebhookEndpoint:
        """Change an endpoint as it was read by `get`; raises Stale where somebody was quicker."""
        etag = endpoint.etag or self.get(endpoint.id).etag
        return self._one(self.CHANGE, said, etag=etag, id=endpoint.id)

    def remove(self, pk: Id) -> None:
        """Remove an endpoint with all that is kept of what was sent to it."""
        self._one(self.REMOVE, id=pk)

    def rotate(self, pk: Id, *, key: str | None = None) -> EndpointWithSecret:
        """Give it another secret; for 24 hours everything is signed with both."""
        return self._one(self.ROTATE, key=key, id=pk)

    def test(self, pk: Id, *, key: str | None = None) -> Delivery:
        """Send an event that says nothing, to see whether it arrives."""
        return self._one(self.TEST, key=key, id=pk)

    def replay(self, pk: Id, *, key: str | None = None) -> Replayed:
        """Send everything once more that was given up."""
        return self._one(self.REPLAY, key=key, id=pk)


class Deliveries(Resource):
    LIST = listing("deliveries/", Delivery, DeliveryFilters)
    GET = detail("deliveries/{id}/", DeliveryDetail)
    REPLAY = Operation("POST", "deliveries/{id}/replay/", Delivery)

    def list(self, **filters: Unpack[DeliveryFilters]) -> Iterator[Delivery]:
        """What was sent to endpoints, or waits, the latest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: int) -> DeliveryDetail:
        """One delivery: what is sent, and what was answered each time."""
        return self._one(self.GET, id=pk)

    def replay(self, pk: int, *, key: str | None = None) -> Delivery:
        """Send an event once more, under the same id."""
        return self._one(self.REPLAY, key=key, id=pk)
