"""grapheme-hpc from Python, in one process: graphs, k-cliques, graph edit distances, and classes by
models that `gph train` made.

    import gph, numpy as np
    graph = gph.load("rmat:scale=12")              # a file, or a generator as on the command line
    graph = gph.graph(np.array([[0, 1], [1, 2], [2, 0]]))
    found = graph.cliques(3, rows=True)            # found.count, found.digest, found.rows
    pairs = np.array([[0, 1], [0, 2]])
    near = gph.collection("graphs.txt").ged(pairs) # near.lower, near.upper, near.exact
    said = gph.predict("model.h5", "graphs.txt")   # said.classes, said.probability, said.scores

Arrays go in and come out as numpy arrays. For many ranks use the command, whose results are plain
HDF5. Failures raise gph.Error with the library's message; its `status` is the exit status that the
command would have. Not for several Python threads at a time.
"""
import atexit
import collections
import ctypes
import os
import weakref

import numpy as np

__all__ = ["Error", "Context", "load", "graph", "collection", "predict", "version"]

_STATUS = ["ok", "internal", "usage", "input", "memory", "stopped", "verify", "system"]
_P = ctypes.c_void_p
_I64P = ctypes.POINTER(ctypes.c_int64)


class Error(RuntimeError):
    """A failure of the library."""

    def __init__(self, status, message):
        super().__init__(message or _STATUS[status])
        self.status = 1 if status == 7 else status


def _open_library():
    path = os.environ.get("GPH_PYTHON_LIBRARY") or os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "_gph.so")
    # MPI loads its parts at run time, and they look for its symbols among the global ones.
    library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
    for name, result, *arguments in [
        ("open", ctypes.c_int, ctypes.c_int, ctypes.c_uint64, ctypes.c_int64, ctypes.POINTER(_P)),
        ("close", None, _P),
        ("error", ctypes.c_char_p, _P),
        ("clear", None, _P),
        ("version", ctypes.c_char_p),
        ("load", ctypes.c_int, _P, ctypes.c_char_p, ctypes.POINTER(_P)),
        ("edges", ctypes.c_int, _P, ctypes.c_int64, _P, _P, ctypes.POINTER(_P)),
        ("info", ctypes.c_int, _P, _I64P),
        ("ids", None, _P, _P),
        ("graph_free", None, _P),
        ("cliques", ctypes.c_int, _P, *[ctypes.c_int] * 4, ctypes.POINTER(_P)),
        ("cliques_count", None, _P, ctypes.POINTER(ctypes.c_uint64)),
        ("cliques_digest", ctypes.c_char_p, _P),
        ("cliques_rows", ctypes.c_int64, _P, ctypes.POINTER(_P)),
        ("cliques_vertices", ctypes.c_int64, _P, ctypes.POINTER(_P)),
        ("cliques_communities", ctypes.c_int64, _P, *[ctypes.POINTER(_P)] * 2),
        ("cliques_free", None, _P),
        ("collection", ctypes.c_int, _P, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(_P)),
        ("collection_count", ctypes.c_int64, _P),
        ("collection_free", None, _P),
        ("ged", ctypes.c_int, _P, ctypes.c_int64, _P, ctypes.c_char_p, ctypes.c_double, _P, _P, _P,
         ctypes.c_char_p),
        ("predict", ctypes.c_int, _P, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(_P)),
        ("predict_collection", ctypes.c_int, _P, ctypes.c_char_p, ctypes.POINTER(_P)),
        ("prediction_info", ctypes.c_double, _P, _I64P, ctypes.c_char_p),
        ("prediction_rows", ctypes.c_int64, _P, *[ctypes.POINTER(_P)] * 4),
        ("prediction_class", ctypes.c_char_p, _P, ctypes.c_int32),
        ("prediction_free", None, _P),
    ]:
        function = getattr(library, "gph_python_" + name)
        function.restype = result
        function.argtypes = arguments
    return library


_library = _open_library()


def _call(name, *arguments):
    return getattr(_library, "gph_python_" + name)(*arguments)


def _view(address, count, dtype, columns):
    """A copy of count × columns elements at an address."""
    if count == 0 or not address:
        return np.empty((0, columns), dtype)
    size = count * columns * np.dtype(dtype).itemsize
    buffer = (ctypes.c_char * size).from_address(address)
    return np.frombuffer(buffer, dtype).reshape(count, columns).copy()


class _Handle:
    """Owns what the library made, together with the context that it belongs to."""

    def __init__(self, context, pointer, free):
        self._context, self._pointer, self._free = context, pointer, free

    def __del__(self):
        # At the end of the process the library may have been closed before.
        if self._pointer and self._context._pointer:
            _call(self._free, self._pointer)
        self._pointer = None


Cliques = collections.namedtuple("Cliques", "count digest rows vertex_ids vertex_counts communities")
Ged = collections.namedtuple("Ged", "lower upper exact digest")
Prediction = collections.namedtuple(
    "Prediction", "ids classes probability scores class_names accuracy digest")


def _take_prediction(pointer):
    """What a prediction holds, as arrays; frees it."""
    try:
        info, digest = (ctypes.c_int64 * 3)(), ctypes.create_string_buffer(40)
        accuracy = _call("prediction_info", pointer, info, digest)
        classes, labelled, graphs = info
        at = [_P() for _ in range(4)]
        rows = _call("prediction_rows", pointer, *[ctypes.byref(view) for view in at])
        names = None
        if graphs:
            names = [_call("prediction_class", pointer, i).decode() for i in range(classes)]
        ids, found, probability = (
            _view(view.value, rows, dtype, 1)[:, 0]
            for view, dtype in zip(at, (np.int64, np.int32, np.float64)))
        scores = _view(at[3].value, rows, np.float32, classes)
        return Prediction(ids, found, probability, scores, names,
                          accuracy if labelled else None, digest.value.decode())
    finally:
        _call("prediction_free", pointer)


class Graph(_Handle):
    """An undirected simple graph."""

    def __init__(self, context, pointer):
        super().__init__(context, pointer, "graph_free")
        info = (ctypes.c_int64 * 4)()
        context._check(_call("info", pointer, info))
        self.vertices, self.edges, self.dropped_loops, self.dropped_repeats = info

    def ids(self):
        """Input id of every vertex, ascending: int64 [vertices]."""
        ids = np.empty(self.vertices, np.int64)
        _call("ids", self._pointer, ids.ctypes.data)
        return ids

    def cliques(self, k, rows=False, per_vertex=False, communities=False):
        """All k-cliques: `count` (an int of any size) and `digest`; with rows=True also `rows`
        (int64 [count, k] of input ids); with per_vertex=True `vertex_ids` and `vertex_counts`
        (uint64 [vertices], or a list of ints where these outgrow 64 bits); with communities=True
        also `communities` (a list of int64 arrays of ids, the largest first; k >= 2)."""
        found = _P()
        self._context._check(
            _call("cliques", self._pointer, int(k), bool(rows), bool(per_vertex),
                  bool(communities), ctypes.byref(found)))
        try:
            half = (ctypes.c_uint64 * 2)()
            _call("cliques_count", found, half)
            members, ids, counts, groups = None, None, None, None
            view = _P()
            if rows:
                number = _call("cliques_rows", found, ctypes.byref(view))
                members = _view(view.value, number, np.int64, int(k))
            if per_vertex:
                number = _call("cliques_vertices", found, ctypes.byref(view))
                halves = _view(view.value, number, np.uint64, 2)
                ids = self.ids()
                counts = (halves[:, 0].copy() if not halves[:, 1].any() else
                          [int(low) + (int(high) << 64) for low, high in halves])
            if communities:
                number, other = _P(), _P()
                held = _call("cliques_communities", found, ctypes.byref(number), ctypes.byref(other))
                number = _view(number.value, held, np.int64, 1)[:, 0]
                other = _view(other.value, held, np.int64, 1)[:, 0]
                groups = np.split(other, np.flatnonzero(np.diff(number)) + 1) if held else []
            digest = _call("cliques_digest", found).decode()
            return Cliques(half[0] + (half[1] << 64), digest, members, ids, counts, groups)
        finally:
            _call("cliques_free", found)


class Collection(_Handle):
    """Many small labelled graphs."""

    def __init__(self, context, pointer):
        super().__init__(context, pointer, "collection_free")

    def __len__(self):
        return _call("collection_count", self._pointer)

    def ged(self, pairs, method="exact", threshold=None):
        """Edit distances at uniform costs of pairs (int [count, 2], numbers of graphs from 0):
        `lower` and `upper` (float64), `exact` (bool)."""
        pairs = np.ascontiguousarray(pairs, np.int64).reshape(-1, 2)
        count = len(pairs)
        lower, upper, exact = np.empty(count), np.empty(count), np.empty(count, np.bool_)
        digest = ctypes.create_string_buffer(33)
        self._context._check(
            _call("ged", self._pointer, count, pairs.ctypes.data, method.encode(),
                  -1.0 if threshold is None else float(threshold), lower.ctypes.data,
                  upper.ctypes.data, exact.ctypes.data, digest))
        return Ged(lower, upper, exact, digest.value.decode())

    def predict(self, model):
        """Context.predict() of the graphs of this collection."""
        made = _P()
        self._context._check(
            _call("predict_collection", self._pointer, os.fsencode(model), ctypes.byref(made)))
        return _take_prediction(made)


_open = weakref.WeakSet()
_owner = None


def _keep_mpi():
    """The first context starts MPI and ends it, once and for all: it lives as long as the process."""
    global _owner
    if _owner is None:
        _owner = _P()
        status = _call("open", 1, 1, 0, ctypes.byref(_owner))
        if status:
            raise Error(status, "no context could be made")
        atexit.register(_close_all)


def _close_all():
    for context in list(_open):
        context.close()
    _call("close", _owner)


class Context:
    """Threads, seed and memory budget (bytes; 0: none) of what is made with it."""

    def __init__(self, threads=0, seed=1, max_memory=0):
        pointer = _P()
        _keep_mpi()
        status = _call("open", int(threads), int(seed), int(max_memory), ctypes.byref(pointer))
        if status:
            raise Error(status, "no context could be made")
        self._pointer = pointer.value
        _open.add(self)

    def close(self):
        if self._pointer:
            _call("close", self._pointer)
        self._pointer = None

    def _check(self, status):
        if status:
            message = _call("error", self._pointer).decode()
            _call("clear", self._pointer)
            raise Error(status, message)

    def load(self, source):
        """A graph from a file, or a generator such as "rmat:scale=12"."""
        made = _P()
        self._check(_call("load", self._pointer, os.fsencode(source), ctypes.byref(made)))
        return Graph(self, made.value)

    def graph(self, edges):
        """A graph from int edges [count, 2] of any ids >= 0."""
        edges = np.asarray(edges, np.int64).reshape(-1, 2)
        u, v = np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1])
        made = _P()
        self._check(_call("edges", self._pointer, len(edges), u.ctypes.data, v.ctypes.data,
                          ctypes.byref(made)))
        return Graph(self, made.value)

    def collection(self, path, directed=False):
        """A collection of small graphs, as `gph ged --collection` takes it."""
        made = _P()
        self._check(_call("collection", self._pointer, os.fsencode(path), bool(directed),
                          ctypes.byref(made)))
        return Collection(self, made.value)

    def predict(self, model, data):
        """Classes by a model that `gph train --model` wrote. `data` is the folder of tables or the
        generator of a graph whose vertices are classified, or a collection of graphs (a path, or a
        Collection), as the model learnt. A row for each: `ids` (int64: of vertices, numbers of
        graphs), `classes` (int32), their `probability` (float64), and `scores` (float32
        [rows, classes]); for graphs also `class_names`, what the training data called the classes;
        `accuracy` where the data has classes, else None; `digest` of the scores."""
        if isinstance(data, Collection):
            return data.predict(model)
        made = _P()
        self._check(_call("predict", self._pointer, os.fsencode(model), os.fsencode(data),
                          ctypes.byref(made)))
        return _take_prediction(made)


_default = None


def _context():
    global _default
    if _default is None:
        _default = Context()
    return _default


def load(source):
    """Context.load() with the default settings."""
    return _context().load(source)


def graph(edges):
    """Context.graph() with the default settings."""
    return _context().graph(edges)


def collection(path, directed=False):
    """Context.collection() with the default settings."""
    return _context().collection(path, directed)


def predict(model, data):
    """Context.predict() with the default settings."""
    return _context().predict(model, data)


def version():
    """Version of the library."""
    return _call("version").decode()
