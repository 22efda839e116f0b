"""Tells something useful of each HDF5 file that gph wrote: python3 look.py FILE…

An example of how results.py is used, with a function for each kind of file.
"""
import sys

import numpy as np

import results


def called(vertex, names):
    return str(vertex) if names is None else names[vertex]


def largest(values, number):
    """Places of the largest values, ties in order."""
    return np.argsort(values.max() - values, kind="stable")[:number]


def graph(path):
    edges, weights, ids, names = results.graph(path)
    degree = np.bincount(edges.ravel(), minlength=len(ids))
    print(f"{len(ids)} vertices, {len(edges)} edges, {'with' if weights is not None else 'no'} weights")
    for vertex in largest(degree, 3):
        print(f"  {called(vertex, names) if names else ids[vertex]}: {degree[vertex]} edges")


def cliques(path):
    rows, names = results.cliques(path)
    print(f"{len(rows)} cliques of {rows.shape[1]} vertices")
    vertices, counts = np.unique(rows, return_counts=True)
    for place in largest(counts, 3):
        print(f"  {called(vertices[place], names)}: in {counts[place]}")
    size, many = np.unique(counts, return_counts=True)
    print("  in 1, 2, 3 … cliques:", *np.bincount(size, many, 1)[1:6].astype(int), "vertices")


def communities(path):
    found, names = results.communities(path)
    print(f"{len(found)} communities, {sum(map(len, found))} members")
    for members in found[:3]:
        print(f"  {len(members)}:", *[called(v, names) for v in members[:8]],
              *(["…"] if len(members) > 8 else []))


def vertex_cliques(path):
    ids, counts, names = results.vertex_cliques(path)
    print(f"{len(ids)} vertices, {np.count_nonzero(counts)} of them in cliques")
    for place in largest(counts, 3):
        print(f"  {names[place] if names else ids[place]}: in {counts[place]}")


def vertex_values(path):
    ids, columns, names = results.vertex_values(path)
    print(f"{len(ids)} vertices, values {', '.join(columns)}")
    for name, values in columns.items():
        top = largest(values, 1)[0]
        print(f"  {name}: mean {values.mean():.6g}, largest {values[top]:.6g} at "
              f"{names[top] if names else ids[top]}")


def collection(path):
    graphs = results.collection(path)
    print(f"{len(graphs)} graphs, {sum(len(g['nodes']) for g in graphs)} nodes, "
          f"{sum(len(g['edges']) for g in graphs)} edges")
    labels, counts = np.unique([w for g in graphs for w in g["nodes"]], return_counts=True)
    for place in largest(counts, 3):
        print(f"  {counts[place]} nodes {labels[place]!r}")


def ged_pairs(path):
    pairs, lower, upper, exact, mappings = results.ged_pairs(path)
    print(f"{len(pairs)} pairs, {exact.sum()} distances known exactly, mean {upper.mean():.6g}")
    for row in np.argsort(upper, kind="stable")[:3]:
        print(f"  {pairs[row][0]} {pairs[row][1]}: {lower[row]:g} to {upper[row]:g}",
              "" if mappings is None else f"by {mappings[row].tolist()}")


def ged_matches(path):
    pairs, lower, upper = results.ged_matches(path)
    print(f"{len(pairs)} matches")
    for query, found in pairs[:3]:
        print(f"  graph {found} for query {query}")


def ged_matrix(path):
    _, upper = results.ged_matrix(path)
    print(f"distances of {len(upper)} graphs")
    np.fill_diagonal(upper, np.inf)
    for i, nearest in enumerate(upper.argmin(axis=1)[:3]):
        print(f"  nearest to {i}: {nearest}, at {upper[i, nearest]:g}")


def metrics(path):
    m = results.metrics(path)
    if "fold" in m:  # graphs: the epoch that is best in the mean over the folds
        epochs = np.unique(m["epoch"])
        mean = [m["test_accuracy"][m["epoch"] == epoch].mean() for epoch in epochs]
        best = int(np.argmax(mean))
        print(f"{len(np.unique(m['fold']))} folds: accuracy in testing best after epoch "
              f"{epochs[best]:.0f}: {mean[best]:.4f}")
        return
    for seed in np.unique(m["seed"]):
        run = np.flatnonzero(m["seed"] == seed)
        best = run[m["valid_loss"][run].argmin()]
        print(f"seed {seed:.0f}: loss in validation least after epoch {m['epoch'][best]:.0f}, then "
              f"accuracy in testing {m['test_accuracy'][best]:.4f}")


def model(path):
    settings, layers = results.model(path)
    print(f"{settings['kind']}, {settings['features']} features, {settings['classes']} classes")
    for number, layer in enumerate(layers, 1):
        print(f"  layer {number}:", ", ".join(f"{name} {' × '.join(map(str, part.shape))}"
                                              for name, part in layer.items()))


def predictions(path):
    ids, classes, probability, _ = results.predictions(path)
    what = "vertex" if results.predicted_names(path) is None else "graph"
    print(f"{len(ids)} {'vertices' if what == 'vertex' else 'graphs'}; of each class:", *np.bincount(classes))
    unsure = probability.argmin()
    print(f"  least sure: {what} {ids[unsure]}, class {classes[unsure]} at {probability[unsure]:.3f}")


def checkpoint(path):
    texts, arrays = results.checkpoint(path)
    print("state of:", *texts["identity"].splitlines())
    if "tile_done" in arrays:
        print(f"  {arrays['tile_done'].sum()} of {len(arrays['tile_done'])} tiles done")


KINDS = {
    "grapheme-csr": graph,
    "grapheme-cliques": cliques,
    "grapheme-communities": communities,
    "grapheme-vertex-cliques": vertex_cliques,
    "grapheme-vertex-values": vertex_values,
    "grapheme-graphs": collection,
    "grapheme-ged-pairs": ged_pairs,
    "grapheme-ged-matches": ged_matches,
    "grapheme-ged-matrix": ged_matrix,
    "grapheme-metrics": metrics,
    "grapheme-model": model,
    "grapheme-predictions": predictions,
    "grapheme-checkpoint": checkpoint,
}

if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(f"{path}: ", end="")
        KINDS[results.kind(path)](path)
