"""Where one message may hold two questions. Only says where it could be cut; the topics decide whether it is."""

from __future__ import annotations

import re
from typing import List

MOST_PARTS = 4
_FEWEST_WORDS = 2
_SENTENCE_END = re.compile(r"(?<=[?!;\n])\s*|(?<=\.)\s+(?=\S)|\s+(?=¿)")
_JOINT = re.compile(
    r"[,;]?\s+(?:and also|and then|also|plus|and|but|oh and|another thing|y tambi[eé]n|tambi[eé]n|adem[aá]s|y|pero|otra cosa|aparte)\s*[,:]?\s+"
    r"(?=(?:is|are|do|does|did|can|could|will|would|should|what|when|where|who|why|how|which|am i|i\b|if|qu[eé]|cu[aá]\w+|d[oó]nde|c[oó]mo|qui[eé]n|hay|"
    r"se\b|puedo|tengo|necesito|me\b|es\b|son\b|si\b|dan\b|pagan\b|cobran\b))",
    re.I,
)


def split_parts(text: str) -> List[str]:
    """The pieces of `text` that could be questions of their own, in order; a single piece where there is nothing to cut."""
    sentences = [piece for piece in _SENTENCE_END.split(text) if piece and piece.strip()]
    pieces = [half for sentence in sentences for half in _JOINT.split(sentence)]
    long_enough = [piece.strip(" ,") for piece in pieces if len(re.findall(r"\w+", piece)) >= _FEWEST_WORDS]
    return long_enough[-MOST_PARTS:] if len(long_enough) > 1 else [text]
