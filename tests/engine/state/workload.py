"""Filling databases for tests, and the plain twin of what must be in them."""

from __future__ import annotations

from engine.state.records import StoredTransaction


def produce(stack, count: int, *, branch: str = "h", width: int = 20, flush_every: int = 0) -> None:
    """Produce `count` blocks of one transaction each, which rewrites a shared key and some of its own."""
    for _ in range(count):
        number = 0 if stack.head is None else stack.head.number + 1
        writes = {f"b-X-{branch}-{number}-{index}": f"s{number * index}@alice" for index in range(width)}
        if number % 3 == 2:
            writes |= {f"b-X-{branch}-{number - 1}-0": None}
        name = f"{branch}t{number}"
        stack.commit(name, {"b-X-shared": f"i{number}@{branch}", **writes})
        stack.close_block(
            number,
            f"{branch}{number}",
            body=f"body {number}".encode(),
            transactions=[StoredTransaction(name, name.encode())],
        )
        if flush_every and number % flush_every == flush_every - 1:
            stack.flush()


def contents(stack) -> dict:
    """Everything that can be seen of a chain."""
    head = stack.head
    numbers = range((stack.ledger.oldest() or 0), head.number + 1) if head else range(0)
    return {
        "state": listed(stack.reader()),
        "heights": {number: listed(stack.checkout(number)) for number in numbers},
        "blocks": list(stack.ledger.all_blocks()),
        "head": head,
        "flushed": stack.flushed,
        "checkpoints": {checkpoint.name: checkpoint for checkpoint in stack.ledger.checkpoints()},
        "settings": stack.ledger.settings(),
        "retention": stack.ledger.retention(),
        "transactions": {
            name: stack.transaction(name) for block in stack.ledger.all_blocks() for name in block.transactions
        },
        "history": stack.key_history("b-X-shared"),
    }


def listed(view) -> dict[str, str]:
    return {entry.key: entry.value for entry in view.entries()}
