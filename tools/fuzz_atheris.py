"""Run one fuzz target under libFuzzer, guided by coverage (the extra `fuzz`; Linux only).

    fuzz_atheris.py TARGET --runs N --seconds T

The corpus grows in build/fuzz/corpus/TARGET; what crashes, hangs or needs too much memory is left
in tests/fuzz/found/TARGET, where `make test` replays it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LARGEST = 20_000
GRACE_SECONDS = 5
MEMORY_MB = 600
"""For the whole process, corpus included; a single input is held to less by `fuzz.py`."""


def main() -> None:
    """Fuzz until the runs or the seconds are used up; libFuzzer ends the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seconds", type=int, default=0)
    options = parser.parse_args()
    with atheris.instrument_imports(include=["preflight"]):
        target = importlib.import_module(f"tests.fuzz.{options.target}")
    from tests.fuzz.mutator import Mutator  # noqa: PLC0415 - not to be instrumented

    corpus = ROOT / "build" / "fuzz" / "corpus" / options.target
    found = ROOT / "tests" / "fuzz" / "found" / options.target
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = corpus.with_suffix(".words")
    words.write_text("".join(_entry(word) for word in target.WORDS if word), encoding="ascii")
    mutator = Mutator(target, 1)

    def bend(data: bytes, largest: int, seed: int) -> bytes:
        """Mix libFuzzer's own mutations with ours, which know the language."""
        if seed % 2:
            return bytes(atheris.Mutate(data, largest))
        return mutator.change(data, seed)[:largest]

    arguments = [
        sys.argv[0],
        str(corpus),
        f"-runs={options.runs}",
        f"-dict={words}",
        f"-max_len={LARGEST}",
        f"-timeout={GRACE_SECONDS}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={found}/",
        f"-max_total_time={options.seconds}",
        "-print_final_stats=1",
    ]
    atheris.Setup(arguments, target.fuzz, custom_mutator=bend)
    atheris.Fuzz()


def _entry(word: str) -> str:
    """Return a word as a line of a libFuzzer dictionary."""
    data = word.encode("utf-8", "surrogatepass")
    return '"' + "".join(f"\\x{byte:02x}" for byte in data) + '"\n'


if __name__ == "__main__":
    main()
