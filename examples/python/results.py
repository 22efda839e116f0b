"""Readers of the HDF5 files that gph writes, with h5py and numpy. Copy what you need.

A function for each kind of file; docs/file-formats.md is the reference. All of them return plain numpy
arrays, and refuse a file of another kind.
"""
import h5py
import numpy as np


def attribute(file, name):
    """A text attribute of a file (gph writes numbers of results as text, too)."""
    value = file.attrs[name]
    return value.decode() if isinstance(value, bytes) else str(value)


def kind(path):
    """What the file says that it is, such as "grapheme-cliques"."""
    with h5py.File(path, "r") as file:
        return attribute(file, "format")


def _check(file, wanted):
    found = attribute(file, "format")
    if found != wanted:
        raise ValueError(f"{file.filename} is a {found} file, not {wanted}")


def _names(file):
    """Names of the vertices, or None where the graph has none."""
    if "name_offsets" not in file:
        return None
    at, text = file["name_offsets"][:], file["name_bytes"][:].tobytes()
    return [text[a:b].decode() for a, b in zip(at[:-1], at[1:])]


def _texts(file, name):
    """Texts that lie one behind the other, each with a zero byte at its end."""
    return file[name][:].tobytes().decode().split("\0")[:-1]


def graph(path):
    """`gph generate` and `gph convert`: edges [m × 2] of vertex numbers, each once (of a directed
    graph from, to), weights [m] or None, ids [n], and names (a list of n, or None)."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-csr")
        vertices = int(file.attrs["vertices"])
        offsets, neighbors = file["offsets"][:], file["neighbors"][:]
        row = np.repeat(np.arange(vertices), np.diff(offsets))
        if "directions" in file:  # 1: the edge leads from the row's vertex, 2: to it, 3: both
            keep = file["directions"][:] & 1 == 1
        else:
            keep = row < neighbors
        edges = np.column_stack([row, neighbors])[keep]
        weights = file["weights"][:][keep] if "weights" in file else None
        first = int(file.attrs.get("first_id", 0))
        ids = file["ids"][:] if "ids" in file else np.arange(first, first + vertices)
        return edges, weights, ids, _names(file)


def cliques(path):
    """`gph cliques --list`: rows [count × k] of ids (of vertex numbers where the graph has names), and
    the names or None. The dataset is read whole; h5py can also read slices of it."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-cliques")
        return file["cliques"][:], _names(file)


def vertex_cliques(path):
    """`gph cliques --per-vertex`: ids [n], counts [n] and the names or None. Counts are Python integers
    where some of them need more than 64 bits."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-vertex-cliques")
        counts = file["count"][:]
        if "count_high" in file:
            counts = counts.astype(object) + file["count_high"][:].astype(object) * 2**64
        return file["id"][:], counts, _names(file)


def communities(path):
    """`gph cliques --communities`: a list of arrays of ids (of vertex numbers where the graph has
    names), the largest first, and the names or None. A vertex may be in several."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-communities")
        parts = np.split(file["members"][:], file["offsets"][1:])[:-1]
        return parts, _names(file)


def vertex_values(path):
    """`gph run --out`: ids [n], a dictionary of columns [n], and the names or None."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-vertex-values")
        columns = {name: data[:] for name, data in file.items()
                   if name not in ("id", "name_offsets", "name_bytes")}
        return file["id"][:], columns, _names(file)


def collection(path):
    """`gph convert --collection`: a list of graphs, each a dictionary: name, class (or None), node
    labels, edges [m × 2], edge labels, and node_values, edge_values [nodes, edges × numbers]."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-graphs")
        names, classes = _texts(file, "name_text"), _texts(file, "class_text")
        node_words, edge_words = _texts(file, "node_label_text"), _texts(file, "edge_label_text")
        node_label, edge_label = file["node_label"][:], file["edge_label"][:]
        ends = np.column_stack([file["from"][:], file["to"][:]])
        values = {}
        for part, count in ("node", len(node_label)), ("edge", len(edge_label)):
            numbers = file[part + "_value"][:]
            values[part] = numbers.reshape(count, -1) if count else numbers.reshape(0, 0)
        node_at = np.append(file["node_start"][:], len(node_label))
        edge_at = np.append(file["edge_start"][:], len(edge_label))
        graphs = []
        for i, of in enumerate(file["class"][:]):
            nodes = slice(node_at[i], node_at[i + 1])
            edges = slice(edge_at[i], edge_at[i + 1])
            graphs.append({
                "name": names[i],
                "class": classes[of] if of >= 0 else None,
                "nodes": [node_words[label] for label in node_label[nodes]],
                "edges": ends[edges],
                "edge_labels": [edge_words[label] for label in edge_label[edges]],
                "node_values": values["node"][nodes],
                "edge_values": values["edge"][edges],
            })
        return graphs


def ged_pairs(path):
    """`gph ged --out`: pairs [rows × 2], lower, upper, exact [rows], and with --path a list of mappings
    (the node of j for each node of i, -1: deleted; None: no mapping is known), else None."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-ged-pairs")
        mappings = None
        if "map" in file:
            flat = file["map"][:]
            at = np.append(file["map_start"][:], len(flat))
            mappings = [flat[a:b] for a, b in zip(at[:-1], at[1:])]
            mappings = [None if len(m) and m[0] == -2 else m for m in mappings]
        return (file["pairs"][:], file["lower"][:], file["upper"][:],
                file["exact"][:].astype(bool), mappings)


def ged_matches(path):
    """`gph ged --query … --out`: pairs [rows × 2] of query and graph, lower and upper [rows]."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-ged-matches")
        return file["pairs"][:], file["lower"][:], file["upper"][:]


def ged_matrix(path):
    """`gph ged --matrix`: lower and upper bounds, both [graphs × graphs] and symmetric."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-ged-matrix")
        graphs = int(attribute(file, "graphs"))
        above = np.triu_indices(graphs, 1)
        bounds = []
        for name in "lower", "upper":
            square = np.zeros((graphs, graphs))
            square[above] = file[name][:]
            bounds.append(square + square.T)
        return tuple(bounds)


def metrics(path):
    """`gph train --metrics`: a dictionary of columns, an element for each evaluation."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-metrics")
        return {name: data[:] for name, data in file.items()}


def model(path):
    """`gph train --model`: the settings as a dictionary, and the layers, each a dictionary of those
    that it has of: weight (of the neighbours' part), own, bias, gain, shift. Settings of a model of
    graphs have `node_labels` and `class_names`, in the order of features and scores."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-model")
        settings = {name: attribute(file, name) for name in file.attrs}
        flat = file["weights"][:]
        if settings["task"] == "graphs":
            settings["node_labels"] = _texts(file, "node_label_text")
            settings["class_names"] = _texts(file, "class_text")
    number = {name: int(settings[name]) for name in
              ("layers", "hidden", "norm", "bias", "features", "classes")}
    layers, at = [], 0

    def take(rows, columns, neighbours, own, norm):
        nonlocal at
        layer = {}
        shapes = [("weight", (rows, columns), neighbours), ("own", (rows, columns), own),
                  ("bias", (columns,), number["bias"]), ("gain", (columns,), norm),
                  ("shift", (columns,), norm)]
        for name, shape, there in shapes:
            if there:
                size = int(np.prod(shape))
                layer[name] = flat[at:at + size].reshape(shape)
                at += size
        layers.append(layer)

    of = settings["kind"]
    graphs = settings["task"] == "graphs"
    for i in range(number["layers"]):
        last = i == number["layers"] - 1 and not graphs
        rows = number["features"] if i == 0 else number["hidden"]
        columns = number["classes"] if last else number["hidden"]
        norm = number["norm"] and not last
        if of == "gin":
            take(rows, number["hidden"], True, False, number["norm"])
            take(number["hidden"], columns, False, True, norm)
        else:
            take(rows, columns, of != "linear", of in ("sage", "linear"), norm)
    if graphs:  # over the readouts of all layers, side by side
        number["bias"] = True
        take(number["layers"] * number["hidden"], number["classes"], False, True, False)
    if at != len(flat):
        raise ValueError(f"{path} has {len(flat)} weights, not {at}")
    return settings, layers


def predictions(path):
    """`gph predict --out`: ids [n], classes [n], their probabilities [n], scores [n × classes]. Those of
    graphs have names too: predicted_names()."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-predictions")
        return file["id"][:], file["class"][:], file["probability"][:], file["scores"][:]


def predicted_names(path):
    """`gph predict --out`: names of the graphs [n] and of the classes [classes]; None for vertices."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-predictions")
        return (_texts(file, "name_text"), _texts(file, "class_text")) if "name_text" in file else None


def checkpoint(path):
    """A file of `--checkpoint`: its texts, such as the settings of the job (`identity`), and its arrays
    of 64-bit words [elements × words]."""
    with h5py.File(path, "r") as file:
        _check(file, "grapheme-checkpoint")
        texts = {name: attribute(file, name) for name in file.attrs}
        return texts, {name: data[:] for name, data in file.items()}
