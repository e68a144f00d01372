"""Where one message may hold two questions. Only says where it could be cut; the topics decide whether it is.

A piece that asks nothing ("I have a green card.") stays with the question after it, which it explains.
"""

from __future__ import annotations

import re
from typing import List, Tuple

MOST_PARTS = 4
_FEWEST_WORDS = 2
_ASKS_EN = (
    r"is|are|am|was|do|does|did|can|could|will|would|should|may|has|have (?:i|you|they|we)|what\w*|wut|when|where|wheres|who\w*|why|how\w*|hw|which|"
    r"any\b|isn'?t|aren'?t|don'?t (?:i|you|they|we)|tell me"
)
_ASKS_ES = (
    r"qu[eé]|cu[aá]\w+|d[oó]nde|c[oó]mo|qui[eé]n\w*|hay|puedo|podemos|puede|pueden|se (?:puede|necesita|ocupa|paga|requiere)|son|es|ocupo|necesito|"
    r"tengo que|dan|pagan|cobran|hacen|piden|aceptan|tienen|ofrecen|sirve|cuesta|aplica|importa|afecta|me (?:pagan|dan|pueden|ayudan|cobran)|"
    r"(?:el|la|los|las) \w+ (?:es|son|se|me|est[aá]n?)|"
    r"(?:a|con|de|en|por|para|desde|hasta) (?:qu[eé]|qui[eé]n\w*|cu[aá]\w+|d[oó]nde)|d[ií]game"
)
_SENTENCE_END = re.compile(r"(?<=[?!;\n])\s*|(?<=\.)\s+(?=\S)|\s+(?=¿)")
_JOINT = re.compile(
    r"[,;]?\s+(?:and also|and then|and|also|plus|but|oh and|another thing|n|&|y tambi[eé]n|tambi[eé]n|adem[aá]s|y|e|pero|otra cosa|aparte)\s*[,:]?\s+"
    rf"(?=(?:{_ASKS_EN}|i\b|if\b|{_ASKS_ES}|tengo\b|me\b|si\b)\b)",
    re.I,
)
_LEAD = r"[\W_]*(?:(?:and|also|so|but|oh|or|well|plus|then|ok|y|e|o|pero|tambi[eé]n|adem[aá]s|entonces|oiga|oye|if (?:not|so)|si no)\b[\W_]*)*"
_ASKS = re.compile(rf"(?:^|[,;.]\s){_LEAD}(?:{_ASKS_EN}|{_ASKS_ES})\b", re.I)
_GOES_ON = re.compile(r"[\W_]*(?:and|also|y|tambi[eé]n|otra cosa|another thing)\b", re.I)

Span = Tuple[int, int]


def split_parts(text: str) -> List[str]:
    """The pieces of `text` that could be questions of their own, in order; a single piece where there is nothing to cut."""
    questions = _join_statements(
        text, [span for sentence in _cut(_SENTENCE_END, text, (0, len(text))) for span in _cut(_JOINT, text, sentence)]
    )
    return [text[start:end].strip(" ,") for start, end in questions[-MOST_PARTS:]] if len(questions) > 1 else [text]


def asks(piece: str) -> bool:
    """Whether a piece looks like a question: by its mark, by its first words, or because it goes on from the one before."""
    return "?" in piece or _ASKS.search(piece) is not None or _GOES_ON.match(piece) is not None


def _cut(border: "re.Pattern[str]", text: str, span: Span) -> List[Span]:
    """The spans of `span` between the matches of `border`."""
    start, end = span
    spans: List[Span] = []
    for match in border.finditer(text, start, end):
        spans.append((start, match.start()))
        start = match.end()
    return [*spans, (start, end)]


def _join_statements(text: str, spans: List[Span]) -> List[Span]:
    """Each statement joined to the question after it, or to the last question where none follows."""
    joined: List[Span] = []
    start = None
    for own_start, end in spans:
        piece = text[own_start:end]
        start = own_start if start is None else start
        if asks(piece) and len(re.findall(r"\w+", text[start:end])) >= _FEWEST_WORDS:
            joined.append((start, end))
            start = None
    if start is not None and joined:
        joined[-1] = (joined[-1][0], spans[-1][1])
    return joined
