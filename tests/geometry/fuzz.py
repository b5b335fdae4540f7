"""All that the library answers, held against an oracle in whole numbers on very many networks.

    python -m tests.geometry.fuzz --count 20000 --seed 1 --jobs 2 --out book/results/fuzz.json
    python -m tests.geometry.fuzz --seed 1 --only 1234          # one network, printed, compared

Kinds of weights and kinds of domains are gone through in turn (fuzz_networks.py).  What is compared
and by which bounds stands in fuzz_compare.py, the oracle in fuzz_oracle.py and fuzz_faces.py.  The
record is saved as the program runs; started again with the same seed, count, sources and versions,
it goes on where it stopped.  ``--chunk 1/4`` does the first quarter alone, and ``--merge`` joins
the records of chunks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

from benchmarks.machine import versions
from linreg_lib.atomic_file import atomic_file
from linreg_lib.engine_digest import engine_digest
from tests.geometry.fuzz_compare import TOTAL_BOUND, VERTEX_BOUND, VOLUME_BOUND, compare
from tests.geometry.fuzz_networks import DOMAINS, FAMILIES, case_of

_BLOCK = 25
_KEPT = 50  # disagreements whose text is kept
_SUMS = ("num_nets", "num_disagreements", "num_refusing", "nets_cut_by_kernels")
_SUMS += ("nets_decided_exactly", "seconds")
_COUNTERS = ("compared", "refusals")


def empty_record(seed: int) -> dict:
    """Before the first network."""
    return {
        "program": "python -m tests.geometry.fuzz",
        "seed": seed,
        "num_nets": 0,
        "num_disagreements": 0,
        "disagreements": [],
        "num_refusing": 0,
        "refusals": {},
        "compared": {},
        "bounds": {"volume": VOLUME_BOUND, "total": TOTAL_BOUND, "vertex": VERTEX_BOUND},
        "largest_errors": {},
        "largest_num_regions": 0,
        "nets_cut_by_kernels": 0,
        "nets_decided_exactly": 0,
        "groups": {family: {} for family in FAMILIES},
        "seconds": 0.0,
        "source_digest": engine_digest(),
        "versions": versions(),
    }


def add(record: dict, index: int) -> None:
    """Compare one network and enter the outcome."""
    start, record["num_nets"] = time.process_time(), record["num_nets"] + 1
    case, wrong = case_of(record["seed"], index), []
    try:
        outcome, truth = compare(case)
    except Exception as error:  # the oracle's own crash must not pass for agreement
        wrong = [f"no comparison: {type(error).__name__}: {error}"]
    else:
        wrong = outcome.wrong
        for name, counter in (("compared", outcome.compared), ("refusals", outcome.refused)):
            record[name] = dict(sorted((Counter(record[name]) + counter).items()))
        for kind, share in outcome.errors.items():
            record["largest_errors"][kind] = max(record["largest_errors"].get(kind, 0.0), share)
        num = len(truth.cells)
        record["num_refusing"] += bool(outcome.refused)
        record["nets_cut_by_kernels"] += outcome.tallies["cut by kernels"] > 0
        record["nets_decided_exactly"] += outcome.tallies["decided exactly"] > 0
        record["largest_num_regions"] = max(record["largest_num_regions"], num)
        empty = {"nets": 0, "regions": 0}
        group = record["groups"][case.family].setdefault(case.domain_name, empty)
        group["nets"] += 1
        group["regions"] += num
    if wrong:
        found = {"index": index, "family": case.family, "domain": case.domain_name}
        record["num_disagreements"] += 1
        record["disagreements"].append(found | {"num": len(wrong), "differs": wrong[:3]})
    record["seconds"] += time.process_time() - start


def merged(records: list[dict]) -> dict:
    """One record of several, of the same seed and sources."""
    first = records[0]
    for other in records[1:]:
        for key in ("seed", "source_digest", "versions"):
            if other[key] != first[key]:
                raise ValueError(f"{key} is {first[key]} in one record and {other[key]} in another")
    whole = empty_record(first["seed"]) | {k: first[k] for k in ("source_digest", "versions")}
    for record in records:
        for key in _SUMS:
            whole[key] += record[key]
        for key in _COUNTERS:
            whole[key] = dict(sorted((Counter(whole[key]) + Counter(record[key])).items()))
        for kind, share in record["largest_errors"].items():
            whole["largest_errors"][kind] = max(whole["largest_errors"].get(kind, 0.0), share)
        whole["largest_num_regions"] = max(
            whole["largest_num_regions"], record["largest_num_regions"]
        )
        for family, group in record["groups"].items():
            for domain, counts in group.items():
                here = whole["groups"][family].setdefault(domain, {"nets": 0, "regions": 0})
                for key, count in counts.items():
                    here[key] += count
        whole["disagreements"] = (whole["disagreements"] + record["disagreements"])[:_KEPT]
    whole["seconds"] = round(whole["seconds"], 1)
    return whole


def block(seed_and_range: tuple[int, int, int]) -> dict:
    """The record of a few networks in a row, in a process of its own."""
    seed, start, stop = seed_and_range
    record = empty_record(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflow and underflow are what is tried here
        for index in range(start, stop):
            add(record, index)
    return record


def save(record: dict, path: Path) -> None:
    """At once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as stream:
        stream.write((json.dumps(record, indent=1) + "\n").encode())


def resumed(path: Path, seed: int, num: int) -> dict:
    """The record at ``path`` if it can be continued, else a fresh one."""
    fresh = empty_record(seed)
    if not path.exists():
        return fresh
    old = json.loads(path.read_text(encoding="utf-8"))
    same = all(old.get(key) == fresh[key] for key in ("seed", "source_digest", "versions"))
    return old if same and old["num_nets"] <= num else fresh


def run(seed: int, start: int, stop: int, jobs: int, path: Path | None, every: float = 20) -> dict:
    """Networks ``start``, ..., ``stop - 1``; the record is saved every so many seconds."""
    record = resumed(path, seed, stop - start) if path else empty_record(seed)
    here = start + record["num_nets"]
    blocks = [(seed, i, min(i + _BLOCK, stop)) for i in range(here, stop, _BLOCK)]
    saved = time.monotonic()
    if jobs > 1 and blocks:
        # The kernels are compiled once, before the others ask for them.
        block((seed, 19, 21))
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            for each in pool.imap(block, blocks):
                record = merged([record, each])
                if path and time.monotonic() - saved > every:
                    save(record, path)
                    saved = time.monotonic()
    else:
        for each in blocks:
            record = merged([record, block(each)])
            if path and time.monotonic() - saved > every:
                save(record, path)
                saved = time.monotonic()
    if path:
        save(record, path)
    return record


def show(seed: int, index: int) -> int:
    """Print one network and what differs."""
    case = case_of(seed, index)
    sys.stdout.write(f"{case}\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome, truth = compare(case)
    sys.stdout.write(f"{len(truth.cells)} regions, {sum(outcome.compared.values())} numbers\n")
    for text in [*(f"refused: {t}" for t in outcome.refused_texts), *outcome.wrong]:
        sys.stdout.write(text + "\n")
    return int(bool(outcome.wrong))


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 if there was any disagreement."""
    parser = argparse.ArgumentParser(
        description="Compare the library with the whole-number oracle."
    )
    pairs = len(FAMILIES) * len(DOMAINS)
    parser.add_argument(
        "--count", type=int, default=20_000, help=f"networks; {pairs} for all pairs"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, help="the record, saved as the program runs")
    parser.add_argument("--chunk", default="1/1", help="i/n: the i-th of n parts")
    parser.add_argument("--only", type=int, help="one network by its number: print and compare")
    parser.add_argument(
        "--merge", type=Path, nargs="+", help="records of chunks, joined into --out"
    )
    options = parser.parse_args(arguments)
    if options.only is not None:
        return show(options.seed, options.only)
    if options.merge:
        record = merged([json.loads(p.read_text(encoding="utf-8")) for p in options.merge])
        if options.out:
            save(record, options.out)
    else:
        part, parts = (int(x) for x in options.chunk.split("/"))
        start, stop = (options.count * i // parts for i in (part - 1, part))
        record = run(options.seed, start, stop, options.jobs, options.out)
    compared = sum(record["compared"].values())
    sys.stdout.write(
        f"{record['num_nets']} networks, {compared} numbers: "
        f"{record['num_disagreements']} networks disagree, {record['num_refusing']} refuse\n"
    )
    return int(record["num_disagreements"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
