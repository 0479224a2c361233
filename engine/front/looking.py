"""Looking at the chain: blocks, transactions, accounts, contracts, state, timeline."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from engine.explorer import Explorer
from engine.front.open_chain import OpenChain

if TYPE_CHECKING:
    from concurrent.futures import Future

    from engine.chain.keys import KeyPair
    from engine.debug.profile import GasProfile
    from engine.debug.session import DebugSession
    from engine.interface import BlockExecution
    from engine.timeline.timeline import Timeline
    from engine.values import (
        AccountSummary,
        BlockSummary,
        CompiledContract,
        DeployedContract,
        Layer,
        StateEntry,
        TransactionResult,
    )

__all__ = ["Looking"]


class Looking(OpenChain):
    """What panels, commands and the node ask for; answered by reading threads, except for debugging."""

    def head(self) -> Future[BlockSummary]:
        """Return the newest block."""
        return self._read(self._parts.chain.head_summary)

    def account(self, name: str) -> Future[AccountSummary]:
        """Return any account or contract id's balances, gas and RAM; raises `InvalidInput` if there is none."""
        return self._read(lambda: self._book.inspection().account(name))

    def balance(self, name: str, token: str) -> Future[str]:
        """Return what an account or contract holds of a token, as a decimal string."""
        return self._read(lambda: self._book.inspection().balance(name, token))

    def storage(self, contract: str, key: str, field: str | None = None) -> Future[str | None]:
        """Return a stored value as the contract would read it, None if there is none."""
        return self._read(lambda: self._book.inspection().storage(contract, key, field))

    def accounts(self) -> Future[tuple[AccountSummary, ...]]:
        """Return the development accounts with their balances."""
        return self._read(self._known_accounts)

    def keys(self) -> dict[str, KeyPair]:
        """Return the keys that this chain signs with, by account. Those of a new chain are public knowledge."""
        return self._parts.chain.wallet.keys()

    def import_key(self, account: str, secret: str, *, algorithm: str = "ed25519") -> Future[str]:
        """Sign for `account` with a base58 secret key, `ed25519` or `secp256k1`, from now on; returns the key's id.

        Raises:
            InvalidInput: the text is no key of that algorithm, or there is no such account.
        """

        def add() -> str:
            from engine.chain.keys import Algorithm, KeyPair

            self._book.inspection().account(account)
            pair = KeyPair.from_secret_text(secret, Algorithm[algorithm.upper()])
            self._parts.chain.import_key(account, pair)
            return pair.id

        return self._change(add)

    @staticmethod
    def new_key() -> KeyPair:
        """Return a new random ed25519 key."""
        from engine.chain.keys import KeyPair

        return KeyPair.from_seed(secrets.token_bytes(32))

    def explorer(self) -> Explorer:
        """Return what answers detailed questions about blocks, accounts and checkpoints."""
        parts = self._parts
        return Explorer(parts.chain, self._read, self._book.inspection)

    def contracts(self) -> Future[tuple[DeployedContract, ...]]:
        """Return the contracts people deployed, oldest first."""
        return self._read(self._book.contracts)

    def code(self, contract: str) -> Future[CompiledContract]:
        """Return what a deployed contract runs: its text as deployed, interface and steps; raises `InvalidInput`."""
        return self._read(self._book.code, contract)

    def blocks(self, first: int, count: int) -> Future[tuple[BlockSummary, ...]]:
        """Return blocks from number `first` upwards."""
        return self._read(lambda: self._parts.chain.summaries(first, count))

    def block_execution(self, number: int) -> Future[BlockExecution]:
        """Return which worker ran each transaction of a block, what was run again, and why."""
        return self._read(self._parts.chain.block_execution, number)

    def transactions(self, first: int, count: int) -> Future[tuple[TransactionResult, ...]]:
        """Return executed transactions newest first, skipping `first`; without `accesses` if from an older session."""
        return self._read(lambda: self._parts.chain.results(first, count))

    def state_entries(
        self, *, prefix: str = "", contains: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return keys in order after `after` with their value and the layer holding it; searched in the engine."""
        return self._read(lambda: self._parts.stack.entries(prefix=prefix, contains=contains, after=after, count=count))

    def layer_entries(
        self, layer: Layer, *, prefix: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return what one layer (MVCC or ROCKSDB) holds by itself, including deletions (value None)."""
        return self._read(lambda: self._parts.stack.layer_entries(layer, prefix=prefix, after=after, count=count))

    @property
    def timeline(self) -> Timeline:
        """Any block's state, searches, histories, checkpoints, branches, what-ifs and edits by hand."""
        from engine.debug.session import source_path
        from engine.timeline.timeline import Timeline

        def path_of(contract: str, file: str) -> str:
            note = self._parts.notes().get(contract)
            return source_path((note.file if note else "") or contract, file)

        return Timeline(
            self._parts,
            read=self._read,
            execute=self._execute,
            change=self._change,
            debug=self._debugging.submit,
            path_of=path_of,
        )

    def debug(self, transaction_hash: str) -> Future[DebugSession]:
        """Record an executed transaction again with step probes, on the state it ran on."""
        return self._debugging.submit(self._debug, transaction_hash)

    def profile(self, transaction_hash: str) -> Future[GasProfile]:
        """Record an executed transaction again and tell where its gas went and which lines ran."""

        def work() -> GasProfile:
            session = self._debug(transaction_hash)
            try:
                return session.profile().result()
            finally:
                session.close()

        return self._debugging.submit(work)

    def _known_accounts(self) -> tuple[AccountSummary, ...]:
        inspection = self._book.inspection()
        names = self._parts.chain.wallet.accounts()
        # A key may be known of an account that is gone with the blocks above a restored checkpoint.
        return tuple(inspection.account(name) for name in names if inspection.has_account(name))

    def _debug(self, transaction_hash: str) -> DebugSession:
        from engine.debug.opening import open_session

        parts = self._parts
        return open_session(transaction_hash, parts.chain, parts.executions, parts.debugger, self._book.contracts)
