"""The keys that a manager has chosen in the config file: read, checked, and put into force only where all is well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from itertools import chain, combinations
from pathlib import Path

from crm_tui.config import Config, Fault, read_config
from crm_tui.i18n import t
from crm_tui.tui import keys
from crm_tui.tui.key_names import display, known, typed

_IDS = tuple(dict.fromkeys(action.id for action in keys.ACTIONS))


@dataclass(frozen=True, slots=True)
class Keymap:
    """What the config file makes of the keys."""

    path: Path
    keys: Mapping[str, tuple[str, ...]]
    """The changed ones by the action's id; none where anything is wrong."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """One key that means two things in the same place."""

    key: str
    one: keys.Action
    other: keys.Action


@dataclass(frozen=True, slots=True)
class KeyLine:
    """An action as it is listed."""

    id: str
    keys: tuple[str, ...]
    """As they can be written into the config file."""
    name: str


def read_keymap() -> Keymap:
    """Read the config file's keys.

    A keymap with a fault is not used at all: half of one would do what nobody expects.
    """
    config = read_config()
    # Of an action with a fault only those of its keys are looked at that could stay: its old ones are not meant.
    changed = {name: tuple(filter(None, map(known, given))) for name, given in config.keys.items() if name in _IDS}
    found = [*config.faults, *_wrong(config), *(_fault(config, clash) for clash in clashes(changed))]
    faults = tuple(sorted(found, key=partial(_line, config)))
    return Keymap(config.path, {} if faults else changed, faults)


def _line(config: Config, fault: Fault) -> int:
    """Return the number of the line that a fault is about; 0 for the file as a whole."""
    return int(fault.where.removeprefix(str(config.path)).removeprefix(":") or 0)


def _wrong(config: Config) -> Iterator[Fault]:
    for name, given in config.keys.items():
        where = config.where(name)
        if name not in _IDS:
            near = get_close_matches(name, _IDS, 1)
            yield (
                Fault("action_near", where, {"name": name, "near": near[0]})
                if near
                else Fault("action_unknown", where, {"name": name})
            )
            continue
        unknown = [key for key in given if known(key) is None]
        yield from (Fault("key_unknown", where, {"name": name, "key": key}) for key in unknown)
        if not unknown and _is_beside_text(name) and all(typed(known(key) or "") is not None for key in given):
            yield Fault("key_types_text", where, {"name": name})


def _is_beside_text(name: str) -> bool:
    return any(action.id == name for action in keys.BESIDE_TEXT)


def _fault(config: Config, clash: Clash) -> Fault:
    where = config.where(clash.one.id if clash.one.id in config.keys else clash.other.id)
    return Fault("clash", where, {"key": display(clash.key), "one": clash.one.id, "other": clash.other.id})


def clashes(changed: Mapping[str, tuple[str, ...]]) -> tuple[Clash, ...]:
    """Return what `changed` makes two actions of one place share; what they share as they are made is meant so."""
    if not changed:
        return ()  # to look takes as long as a third of the first frame
    meant = {(clash.one.id, clash.other.id) for clash in _shared({})}
    found = {(clash.key, clash.one.id, clash.other.id): clash for clash in _shared(changed)}
    return tuple(clash for clash in found.values() if (clash.one.id, clash.other.id) not in meant)


def _shared(changed: Mapping[str, tuple[str, ...]]) -> Iterator[Clash]:
    for place in keys.PLACES:
        actions = [keys.in_force(action, changed) for action in chain(keys.APP, *place)]
        for one, other in combinations(actions, 2):
            if one.id != other.id:
                shared = [key for key in one.all_keys if key in other.all_keys]
                yield from (Clash(key, one, other) for key in shared[:1])


def sentence(fault: Fault) -> str:
    """Say what is wrong with the config file, where, and what to do."""
    return t(f"config.{fault.code}", where=fault.where, **fault.params)


def key_lines(changed: Mapping[str, tuple[str, ...]]) -> tuple[KeyLine, ...]:
    """Return every action once, with its keys in all places and its name."""
    listed: dict[str, KeyLine] = {}
    for action in (keys.in_force(action, changed) for action in keys.ACTIONS):
        before = listed[action.id].keys if action.id in listed else ()
        together = tuple(dict.fromkeys((*before, *action.keys)))
        listed[action.id] = KeyLine(action.id, together, action.name)
    return tuple(listed.values())
