"""Profiles: the sizes at which the chapters run, and how long they may take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.parameters import PROFILES, fit_values
from linreg_book.errors import ParameterError, PublishingError
from linreg_book.yaml_map import read_yaml_map

# Seconds that one chapter may take, unless the command line says otherwise.
TIME_LIMITS = {"tiny": 300.0, "quick": 900.0, "paper": 48 * 3600.0}


def load_profiles(path: Path, chapters: Iterable[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Read ``profiles.yml``: profile -> chapter -> parameter -> value.

    Raises:
        PublishingError: for an unknown profile or chapter, or a wrong shape.
    """
    content = read_yaml_map(path) if path.is_file() else {}
    known = set(chapters)
    for profile, overrides in content.items():
        if profile not in PROFILES:
            raise PublishingError(f"{path}: profile {profile!r} is none of {', '.join(PROFILES)}")
        if overrides is not None and not isinstance(overrides, dict):
            raise PublishingError(f"{path}: {profile} must map chapters to parameters")
        for name, values in (overrides or {}).items():
            if name not in known:
                raise PublishingError(f"{path}: {profile}: there is no chapter {name!r}")
            if values is not None and not isinstance(values, dict):
                raise PublishingError(f"{path}: {profile}: {name} must map parameters to values")
            for parameter, value in (values or {}).items():
                # One level: what refers to itself or unfolds without end is refused unseen.
                items = value if isinstance(value, list) else [value]
                if any(isinstance(item, list | dict | set) for item in items):
                    raise PublishingError(
                        f"{path}: {profile}: {name}: {parameter} must be a value or a list of "
                        "values"
                    )
    return {profile: content.get(profile) or {} for profile in PROFILES}


def parameters_for(
    chapter: Chapter, profile: str, profiles: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> dict[str, Any]:
    """All parameters of a chapter at a profile: its defaults with the profile's overrides.

    Raises:
        ParameterError: for a name or value that does not fit, or a chapter without ``PROFILE``.
    """
    where = f"profiles.yml, {profile}, {chapter.name}"
    overrides = dict(profiles.get(profile, {}).get(chapter.name) or {})
    if "PROFILE" in overrides:
        raise ParameterError(f"{where}: PROFILE is set by the runner")
    values = {one.name: one.default for one in chapter.parameters}
    if "PROFILE" not in values:
        raise ParameterError(
            f"{chapter.path}: the parameters cell must declare "
            'PROFILE: str = "quick"  # stamped on page and records'
        )
    values.update(fit_values(chapter.parameters, overrides, where=where))
    return values | {"PROFILE": profile}


def lint_profiles(path: Path, chapters: Mapping[str, Chapter]) -> list[str]:
    """What is wrong with the values of each profile, one sentence each; empty if nothing is."""
    try:
        profiles = load_profiles(path, chapters)
    except PublishingError as error:
        return [str(error)]
    problems = []
    for profile, overrides in profiles.items():
        for name in overrides:
            try:
                parameters_for(chapters[name], profile, profiles)
            except PublishingError as error:
                problems.append(str(error))
    return problems


def changed_parameters(chapter: Chapter, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those values that differ from the defaults in the chapter's text."""
    defaults = {one.name: one.default for one in chapter.parameters}
    return {name: value for name, value in values.items() if value != defaults.get(name)}
