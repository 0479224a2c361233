"""Passes contracts' events on to subscribers (spec/rpc.md §4); lives on the server's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from engine.entrance.http.failure import FailureCode, RequestFailure
from engine.entrance.http.messages import EventMessage, EventResult, StreamLine
from engine.entrance.http.requests import SubscribeRequest
from engine.values import ContractEvent

BUFFERED = 100
MAXIMUM_SUBSCRIPTIONS = 200


class Subscription:
    """One subscriber's unread events; those that do not fit are dropped."""

    def __init__(self, request: SubscribeRequest) -> None:
        self._topics = request.topic_names()
        self._contract = request.filter.contract_id
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def offer(self, event: ContractEvent, line: bytes) -> None:
        """Take an event that is wanted if there is room."""
        is_wanted = event.topic in self._topics and self._contract in ("", event.contract)
        if is_wanted and self._lines.qsize() < BUFFERED:
            self._lines.put_nowait(line)

    def end(self) -> None:
        """Let the reader come to an end after what it has not read yet."""
        self._lines.put_nowait(None)

    async def next_line(self) -> bytes | None:
        """Return the next event as a line of JSON, None when there will be no more."""
        return await self._lines.get()


Follow = Callable[[], Callable[[], None]]
"""Begins to have the chain's events published, and returns what ends that."""


class EventHub:
    """All subscriptions of a server. The chain is followed only while there are any: being watched slows it down."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._follow: Follow | None = None
        self._unfollow: Callable[[], None] | None = None

    def attach(self, follow: Follow) -> None:
        """Take the events from there."""
        self._follow = follow

    def __bool__(self) -> bool:
        return bool(self._subscriptions)

    def subscribe(self, request: SubscribeRequest) -> Subscription:
        """Return a new subscription.

        Raises:
            RequestFailure: there are too many subscriptions.
        """
        if len(self._subscriptions) >= MAXIMUM_SUBSCRIPTIONS:
            raise RequestFailure("too many subscriptions", FailureCode.TOO_LARGE)
        subscription = Subscription(request)
        self._subscriptions.add(subscription)
        if self._unfollow is None and self._follow is not None:
            self._unfollow = self._follow()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        self._subscriptions.discard(subscription)
        if not self._subscriptions:
            self._stop_following()

    def publish(self, events: tuple[ContractEvent, ...]) -> None:
        """Offer events to every subscription, in order."""
        for event in events:
            message = StreamLine(EventResult(EventMessage(event.topic, event.data, str(event.time))))
            line = msgspec.json.encode(message) + b"\n"
            for subscription in self._subscriptions:
                subscription.offer(event, line)

    def close(self) -> None:
        """End every subscription."""
        self._stop_following()
        for subscription in self._subscriptions:
            subscription.end()

    def _stop_following(self) -> None:
        if self._unfollow is not None:
            self._unfollow()
            self._unfollow = None
