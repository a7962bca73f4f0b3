"""Whether a file will serve as the chat model: by its header, its size, and what this llama.cpp says of it.

`python -m kb.inference.trial MODEL` prints as JSON the reason why llama.cpp refuses it, "" where it does not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ModelUnavailable
from kb.inference.cards_seen import cards_in_child
from kb.inference.chat_file import chat_header, refused
from kb.inference.children import ChildFailed, ChildSilent, documents
from kb.inference.engine import EngineError
from kb.inference.footprint import CONTEXT, Footprint, footprint, shape_of, weights_of
from kb.inference.free_memory import free_memory
from kb.inference.gguf_header import Header
from kb.inference.messages import AUTO_LAYERS
from kb.inference.placement import Placement, choose, refuse_if_too_large

SECONDS = 60.0
"""After which a vocabulary that is still being read counts as one that never will be."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A file that passed: what it takes, where it would be computed, and the bytes of memory that were free then."""

    header: Header
    need: Footprint
    place: Placement
    free: int | None


def try_chat_model(model: str, path: Path, gpu_layers: int = AUTO_LAYERS) -> Trial:
    """Try whether a chat model can be loaded from a file. Raises ModelUnavailable.

    Weights are not read: whether they are what the header says is found when the model first answers.
    """
    try:
        header = chat_header(path)
        need = footprint(shape_of(header), header.bytes, CONTEXT)
        place = choose(weights_of(header), need, cards_in_child(), gpu_layers)
        free = free_memory()
        refuse_if_too_large(place.in_memory, free)
    except EngineError as error:
        raise refused(model, error) from error
    try:
        said = next(documents("kb.inference.trial", [str(path)], SECONDS))
    except (ChildFailed, ChildSilent, StopIteration) as error:
        raise ModelUnavailable(model=model, reason="crashed", detail=str(error)) from error
    if said["reason"]:
        raise ModelUnavailable(model=model, reason=said["reason"], detail=said["detail"])
    return Trial(header, need, place, free)


def _refusal(path: Path) -> EngineError | None:
    """Read the file's vocabulary with llama.cpp, which refuses an architecture that it does not know."""
    import llama_cpp

    from kb.inference.opening import kept_log, load_failure

    settings = llama_cpp.llama_model_default_params()
    settings.vocab_only = True
    llama_cpp.llama_backend_init()
    with kept_log() as log:
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), settings)
    if model is None:
        said = "".join(log)
        return EngineError(load_failure(said, ""), said[-500:])
    llama_cpp.llama_model_free(model)
    return None


def main(arguments: Sequence[str]) -> int:
    """Print the refusal of the file that is named."""
    refusal = _refusal(Path(arguments[0]))
    told = {"reason": refusal.reason, "detail": refusal.detail} if refusal else {"reason": "", "detail": ""}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
