"""A worker inside the test's process: the real worker program in a real sandbox, without pipes."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future

from engine.chain.chain import Chain
from engine.chain.compilation import Compilation
from engine.chain.compile_request import CompileReply
from engine.chain.execution import Executions
from engine.chain.worker_program import create
from engine.errors import InternalError
from engine.interface import Genesis
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.values import Abi, CompiledContract, Profile
from engine.vm.check_mode import checks_by_default
from engine.vm.sandbox import Sandbox


class UnmeteredCompiler:
    """Runs sources as they are, for `MINIMUM` units a call."""

    def __init__(self):
        self.codes: dict[str, CompiledContract] = {}

    def compile(self, request):
        key = hashlib.sha256(request.source.encode()).hexdigest()
        self.codes[key] = CompiledContract(
            key=key,
            profile=request.profile,
            file="contract.js",
            original=request.source,
            metered=request.source,
            stepping=request.source,
            abi=request.abi,
            files=("contract.js",),
            line_map=tuple((0, line) for line in range(1, request.source.count("\n") + 2)),
        )
        return CompileReply(code_key=key, compiled_bytes=len(request.source.encode()))

    def load(self, key):
        try:
            return self.codes[key]
        except KeyError:
            raise InternalError(f"no code {key}") from None


class LocalWorker:
    """Implements `WorkerServices` and submits jobs to itself."""

    def __init__(self, compiler):
        self.compiler = compiler
        self.sandbox = Sandbox(self.load_code, check=checks_by_default())
        self.handler = create(self)

    def attach(self, stack, executions):
        self.stack, self.executions = stack, executions

    def submit(self, job: bytes) -> Future[bytes]:
        future: Future[bytes] = Future()
        try:
            future.set_result(self.sandbox.run(self.handler(job)))
        except Exception as error:
            future.set_exception(error)
        return future

    def execute(self, factory, *, time_limit=None):
        raise NotImplementedError

    def read_state(self, keys):
        return self.stack.reader().read_many(keys)

    def load_code(self, key):
        return self.compiler.load(key)

    def request(self, name, payload):
        return self.executions.serve(name, payload)


class LocalChain:
    """A chain in a folder with a worker in this process; close it."""

    def __init__(self, directory, compiler=None, **options):
        """With `compiler` None sources run unmetered."""
        directory.mkdir(exist_ok=True)
        self.store = Store.open(directory)
        self.stack = StateStack(self.store)
        compilation = Compilation(compiler, self.stack.reader) if compiler else UnmeteredCompiler()
        self.worker = LocalWorker(compilation)
        self.executions = Executions(self.worker.submit, self.worker.compiler, self.stack.reader)
        self.worker.attach(self.stack, self.executions)
        self.events = []
        options.setdefault("genesis", Genesis(builtin="none"))
        self.chain = Chain(self.stack, self.executions, self.events.append, **options)

    def close(self):
        self.worker.sandbox.close()
        self.store.close()


__all__ = ["Abi", "LocalChain", "LocalWorker", "Profile", "UnmeteredCompiler"]
