"""Builds a V8 startup snapshot: a heap image in which a script has already run.

Run as a throw-away process, `python -m engine.vm.snapshot_builder OUTPUT < SCRIPT`: V8's C++ interface is driven
through its exported symbols, whose layouts belong to one V8 version (`startup_snapshot.V8_VERSION`). Only trusted
sources are ever built in.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import c_int, c_void_p
from pathlib import Path
from typing import Any

from engine.vm.isolate import RUN_FLAGS, initialise_v8

__all__ = ["build"]

_BUILDER_FLAGS = (*RUN_FLAGS, "--no-extensible-ro-snapshot")
_ALLOCATOR_OFFSET = 0x60
_PARAMETERS_SIZE, _CREATOR_SIZE, _ORIGIN_WORDS = 512, 64, 16
_KEEP_FUNCTION_CODE = 1
_NO_ARGUMENTS = 14
_SCOPE = "_ZN2v88internal11HandleScope"
_NEW_CONTEXT = (
    "_ZN2v87Context3NewEPNS_7IsolateEPNS_22ExtensionConfigurationENS_10MaybeLocalINS_14ObjectTemplateEEENS5_INS_5ValueEEE"
    "NS_33DeserializeInternalFieldsCallbackEPNS_14MicrotaskQueueENS_30DeserializeContextDataCallbackE"
    "NS_29DeserializeAPIWrapperCallbackE"
)
_SET_DEFAULT_CONTEXT = (
    "_ZN2v815SnapshotCreator17SetDefaultContextENS_5LocalINS_7ContextEEENS_31SerializeInternalFieldsCallbackE"
    "NS_28SerializeContextDataCallbackENS_27SerializeAPIWrapperCallbackE"
)
_COMPILE = "_ZN2v86Script7CompileENS_5LocalINS_7ContextEEENS1_INS_6StringEEEPNS_12ScriptOriginE"


class _StartupData(ctypes.Structure):
    _fields_ = (("data", c_void_p), ("size", c_int))


class BuildFailed(Exception):
    """V8 did not make a snapshot."""


def build(script: str) -> bytes:
    """Return the image of a context in which `script` has run; raises BuildFailed. The process is of no further use."""
    library = ctypes.CDLL(initialise_v8(_BUILDER_FLAGS)._name)

    def function(name: str, result: Any, *arguments: Any) -> Any:
        found = library[name]
        found.restype, found.argtypes = result, arguments
        return found

    parameters = ctypes.create_string_buffer(_PARAMETERS_SIZE)
    function("_ZN2v87Isolate12CreateParamsC1Ev", None, c_void_p)(parameters)
    allocator = function("_ZN2v811ArrayBuffer9Allocator19NewDefaultAllocatorEv", c_void_p)()
    c_void_p.from_buffer(parameters, _ALLOCATOR_OFFSET).value = allocator
    creator = ctypes.create_string_buffer(_CREATOR_SIZE)
    function("_ZN2v815SnapshotCreatorC1ERKNS_7Isolate12CreateParamsE", None, c_void_p, c_void_p)(creator, parameters)
    isolate = function("_ZN2v815SnapshotCreator10GetIsolateEv", c_void_p, c_void_p)(creator)

    def scope_field(name: str, kind: Any) -> Any:
        return kind.from_address(function(f"{_SCOPE}{name}EPNS0_7IsolateE", c_void_p, c_void_p)(isolate))

    # What the constructor and destructor of v8::HandleScope do, which are inline.
    following = scope_field("20current_next_address", c_void_p)
    limit = scope_field("21current_limit_address", c_void_p)
    level = scope_field("21current_level_address", c_int)
    saved = following.value, limit.value
    level.value += 1

    context = function(_NEW_CONTEXT, c_void_p, *[c_void_p] * _NO_ARGUMENTS)(isolate, *[None] * (_NO_ARGUMENTS - 1))
    function("_ZN2v87Context5EnterEv", None, c_void_p)(context)
    new_text = function(
        "_ZN2v86String11NewFromUtf8EPNS_7IsolateEPKcNS_13NewStringTypeEi",
        c_void_p,
        c_void_p,
        ctypes.c_char_p,
        c_int,
        c_int,
    )
    source = script.encode()
    origin = (ctypes.c_int64 * _ORIGIN_WORDS)()
    origin[0] = new_text(isolate, b"runtime", 0, -1)
    c_int.from_buffer(origin, 20).value = -1
    compile_script = function(_COMPILE, c_void_p, c_void_p, c_void_p, c_void_p)
    compiled = compile_script(context, new_text(isolate, source, 0, len(source)), ctypes.addressof(origin))
    run = function("_ZN2v86Script3RunENS_5LocalINS_7ContextEEE", c_void_p, c_void_p, c_void_p)
    if not compiled or not run(compiled, context):
        raise BuildFailed("the script failed")
    function("_ZN2v87Context4ExitEv", None, c_void_p)(context)
    function(_SET_DEFAULT_CONTEXT, None, *[c_void_p] * 12)(creator, context, *[None] * 10)

    level.value -= 1
    following.value, limit.value = saved
    function(f"{_SCOPE}16DeleteExtensionsEPNS0_7IsolateE", None, c_void_p)(isolate)
    create = function("_ZN2v815SnapshotCreator10CreateBlobENS0_20FunctionCodeHandlingE", _StartupData, c_void_p, c_int)
    image = create(creator, _KEEP_FUNCTION_CODE)
    if not image.data:
        raise BuildFailed("V8 made no image")
    return ctypes.string_at(image.data, image.size)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(build(sys.stdin.read()))
