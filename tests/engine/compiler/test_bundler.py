"""Bundles are cached by content: nothing stale, nothing damaged, no needless work."""

from __future__ import annotations

import pytest

from engine.compiler import bundler
from engine.errors import EnvironmentProblem, InternalError


@pytest.fixture
def resources(tmp_path, monkeypatch):
    """A folder of sources of our own, with the real esbuild."""
    binary = bundler.esbuild_binary()
    monkeypatch.setattr(bundler, "RESOURCES", tmp_path)
    monkeypatch.setattr(bundler, "esbuild_binary", lambda: binary)
    (tmp_path / "main.js").write_text("import { a } from './part.js'; globalThis.a = a;")
    (tmp_path / "part.js").write_text("export const a = 'first';")
    return tmp_path


def bundle(resources):
    return bundler.bundle(resources / "main.js", cache=resources / "cache")


def test_a_cached_bundle_is_used_without_esbuild(resources, monkeypatch):
    text = bundle(resources)
    assert "first" in text
    monkeypatch.setattr(bundler, "esbuild_binary", None)
    assert bundle(resources) == text


def test_a_changed_source_is_bundled_again(resources):
    bundle(resources)
    (resources / "part.js").write_text("export const a = 'second';")
    assert "second" in bundle(resources)


def test_a_damaged_bundle_is_made_again(resources):
    text = bundle(resources)
    (script,) = (resources / "cache").glob("*.js")
    script.write_text("broken")
    assert bundle(resources) == text
    assert script.read_text() == text


def test_broken_sources_are_our_own_fault(resources):
    (resources / "part.js").write_text("export const = ;")
    with pytest.raises(InternalError, match="Expected identifier"):
        bundle(resources)


def test_a_missing_esbuild_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(bundler, "RESOURCES", tmp_path)
    with pytest.raises(EnvironmentProblem, match="esbuild"):
        bundler.esbuild_binary()
