"""kill -9 at random points of block production, flushes, moves of the head, checkpoints and pruning.

STRATA_CRASH_ROUNDS sets how often (default 16), STRATA_CRASH_SEED where the randomness starts.
"""

from __future__ import annotations

import copy
import os
import random
import subprocess
import sys

import pytest

from engine.errors import InvalidInput
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.state.verify import verify_store
from tests.engine.state.crash_model import Model, visible

ROUNDS = int(os.environ.get("STRATA_CRASH_ROUNDS", "16"))
SEED = int(os.environ.get("STRATA_CRASH_SEED", "1"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.timeout(60 + 10 * ROUNDS)
def test_every_acknowledged_operation_survives_kill_9(tmp_path, request):
    directory = tmp_path / "chain"
    chance = random.Random(SEED)
    model = Model(SEED)
    done = 0
    for turn in range(ROUNDS):
        # In turn: killed from outside at any moment, or by itself exactly between two batches.
        limits = (chance.randint(1, 40), 0) if turn % 2 else (0, chance.randint(1, 40))
        acknowledged = done + run_and_kill(directory, request.config.rootpath, done, *limits)
        while done < acknowledged:
            model.apply(done)
            done += 1
        after_next = copy.deepcopy(model)
        after_next.apply(done)
        with Store.open(directory) as store:
            stack = StateStack(store)
            if shown(stack, model) != model.expected():  # the operation in flight may have been kept, whole
                assert shown(stack, after_next) == after_next.expected()
                model, done = after_next, done + 1
            assert verify_store(store).problems == ()


def shown(stack, model):
    hashes = [block.hash for block in model.blocks]
    try:
        return visible(stack, hashes)
    except InvalidInput as error:  # a prune in flight made one of them unreachable
        return str(error)


def run_and_kill(directory, root, first, count, writes):
    """Run operations from `first` until `count` are acknowledged (0: until it ends after `writes` batches).

    Returns how many were acknowledged.
    """
    arguments = [directory, SEED, first, writes]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.state.crash_model", *map(str, arguments)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        lines = [child.stdout.readline() for _ in range(count)]
        if count:
            child.kill()
        lines += child.stdout.read().splitlines(keepends=True)  # acknowledged before the signal arrived
    assert child.returncode == -9
    whole = [int(line) for line in lines if line.endswith("\n")]
    assert whole == list(range(first, first + len(whole)))
    return len(whole)
