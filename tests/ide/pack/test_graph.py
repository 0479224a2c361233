from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from engine.compiler.pack import Pack, PackedModule, PackOrigin
from ide.pack.graph import module_tree, package_of, shown_name
from ide.pack.treemap import squarified

LIB = "/p/node_modules/lib"


def unasked() -> PackOrigin:
    raise AssertionError("only the graph is looked at")


def pack(*modules: PackedModule) -> Pack:
    return Pack("/p/main.js", "x" * 100, modules, unasked)


EXAMPLE = pack(
    PackedModule("/p/main.js", 50, 40, ("/p/a.js", f"{LIB}/index.js")),
    PackedModule("/p/a.js", 20, 10, (f"{LIB}/index.js", "/p/main.js")),
    PackedModule(f"{LIB}/index.js", 300, 200, (f"{LIB}/deep.js",)),
    PackedModule(f"{LIB}/deep.js", 30, 25, ()),
    PackedModule("/opt/strata/toolchain/pack/shims/process.js", 9, 5, ()),
)


def test_each_module_is_once_in_the_tree_below_its_nearest_importer():
    root = module_tree(EXAMPLE)
    assert root.path == "/p/main.js"
    assert [child.name for child in root.children] == ["lib/index.js", "a.js", "process.js"]
    assert [child.path for child in root.children[0].children] == [f"{LIB}/deep.js"]
    assert root.children[0].importers == ("main.js", "a.js")
    assert (root.total, root.children[0].total, root.children[1].total) == (280, 225, 10)


def test_names_tell_the_package():
    assert package_of("/p/node_modules/@scope/x/node_modules/@other/y/lib/z.js") == "@other/y"
    assert shown_name("/p/node_modules/@scope/x/lib/z.js") == "@scope/x/lib/z.js"
    assert (package_of("/p/src/a.js"), shown_name("/p/src/a.js")) == ("", "a.js")


@given(
    sizes=st.lists(st.integers(1, 10_000), min_size=1, max_size=40),
    width=st.integers(10, 2000),
    height=st.integers(10, 2000),
)
def test_the_parts_of_a_treemap_are_as_large_as_their_sizes_and_fill_it(sizes, width, height):
    sizes.sort(reverse=True)
    boxes = squarified(sizes, QRectF(0, 0, width, height))
    scale = width * height / sum(sizes)
    for size, box in zip(sizes, boxes, strict=True):
        assert abs(box.width() * box.height() - size * scale) <= 1e-6 * width * height
        assert box.left() >= -1e-6 and box.top() >= -1e-6
        assert box.right() <= width + 1e-6 and box.bottom() <= height + 1e-6
    for i, box in enumerate(boxes):
        for other in boxes[i + 1 :]:
            common = box.intersected(other)
            assert common.width() * common.height() < 1e-3


def test_nothing_to_show_takes_no_room():
    assert squarified([], QRectF(0, 0, 10, 10)) == []
    assert all(box.isEmpty() for box in squarified([0, 0], QRectF(0, 0, 10, 10)))
