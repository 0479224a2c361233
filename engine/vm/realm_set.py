"""The realms of a sandbox, by what they may be used for.

A *shared* realm of each profile serves one run after the other. *Fresh* ones serve a single run that is to be compared
with another. A contract that may change built-in objects gets an *open* realm, for one run as well; spare ones stand
ready. A realm that has served its run is *discarded*: it is closed when its loop has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.values import CompiledContract, Profile
from engine.vm.realm import Realm

__all__ = ["RealmSet"]


class RealmSet:
    """Whose turn it is in the sandbox may use it; spares are made by the caller of `Sandbox.run` meanwhile."""

    def __init__(self, create: Callable[[Profile, bool], Realm]) -> None:
        """`create` makes a realm of a profile, an open one if its second argument is true."""
        self._create = create
        self._shared: dict[Profile, Realm] = {}
        self._fresh: dict[Profile, Realm] = {}
        self._open: list[Realm] = []
        self._spare: dict[Profile, Realm] = {}
        self._missing_spares: set[Profile] = set()
        self._discarded: list[Realm] = []

    def loaded(self) -> tuple[str, ...]:
        """Keys of the contracts that are loaded into shared realms."""
        return tuple(key for realm in self._shared.values() for key in realm.loaded)

    def looping(self) -> list[Realm]:
        """Return the realms whose threads may run, those of discarded ones among them."""
        everyone = (*self._shared.values(), *self._fresh.values(), *self._open, *self._discarded)
        return [realm for realm in everyone if realm.looping]

    def holding(self, code_key: str, profile: Profile, *, fresh: bool) -> Realm | None:
        """Return the realm for runs of a contract, if that is loaded already."""
        realm = (self._fresh if fresh else self._shared).get(profile)
        return realm if realm is not None and code_key in realm.loaded else None

    def main(self, profile: Profile, *, fresh: bool = False) -> Realm:
        """Return the realm of a profile, shared or fresh."""
        home = self._fresh if fresh else self._shared
        realm = home.get(profile)
        if realm is None:
            realm = home[profile] = self._create(profile, False)
        return realm

    def suited(self, contract: CompiledContract, profile: Profile, *, fresh: bool) -> Realm:
        """Return a realm that may run a contract, which is not loaded into it yet."""
        if not contract.open_intrinsics:
            return self.main(profile, fresh=fresh)
        realm = self._spare.pop(profile, None) or self._create(profile, True)
        self._missing_spares.add(profile)
        self._open.append(realm)
        return realm

    def make_spares(self) -> None:
        """Have open realms ready for contracts that need them."""
        while self._missing_spares:
            profile = self._missing_spares.pop()
            if profile not in self._spare:
                self._spare[profile] = self._create(profile, True)

    # --- ends --------------------------------------------------------------------------------------

    def end_run(self) -> list[Realm]:
        """Discard what served one run only, and close it unless it loops; returns what does."""
        used = [*self._open, *self._fresh.values()]
        self._open.clear()
        self._fresh.clear()
        looping = [realm for realm in used if realm.looping]
        self._discarded += looping
        _close(realm for realm in used if not realm.looping)
        return looping

    def drop_open(self) -> None:
        """Close the open realms, none of which loops: their run is given up, or begins again."""
        _close(self._open)
        self._open.clear()

    def condemn(self) -> None:
        """Close shared and fresh realms, none of which loops: what happened in them is not known."""
        _close((*self._shared.values(), *self._fresh.values()))
        self._shared.clear()
        self._fresh.clear()

    def is_discarded(self, realm: Realm) -> bool:
        """Whether a realm only has to end its loop."""
        return realm in self._discarded

    def bury(self, realm: Realm) -> None:
        """Close a discarded realm whose loop has ended."""
        self._discarded.remove(realm)
        realm.close()

    def close(self) -> None:
        """Close all realms."""
        self.condemn()
        self.drop_open()
        _close((*self._spare.values(), *self._discarded))
        self._spare.clear()
        self._discarded.clear()


def _close(realms: Iterable[Realm]) -> None:
    for realm in list(realms):
        realm.close()
