"""gph.py: what it finds is what the command finds, and what numpy and known counts say."""
import json
import math
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: python3-numpy is absent")
    sys.exit(77)
import gph


def command(*arguments):
    """The JSON object that the command prints."""
    output = subprocess.run([os.environ["GPH_COMMAND"], *arguments, "--json", "-"], check=True,
                            stdout=subprocess.PIPE).stdout
    return json.loads(output)


def fails(status, text, call, *arguments, **settings):
    """The call raises gph.Error with a status and a message that contains text."""
    try:
        call(*arguments, **settings)
    except gph.Error as error:
        assert error.status == status and text in str(error), (error.status, str(error))
        return
    raise AssertionError("no failure")


def test_known_counts():
    complete = gph.load("complete:n=20")
    assert (complete.vertices, complete.edges) == (20, 190)
    for k in range(1, 21):
        assert complete.cliques(k).count == math.comb(20, k)
    found = complete.cliques(4, rows=True, per_vertex=True)
    assert found.rows.shape == (math.comb(20, 4), 4) and found.rows.dtype == np.int64
    assert (np.diff(found.rows, axis=1) > 0).all() and len(np.unique(found.rows, axis=0)) == 4845
    assert (found.vertex_counts == math.comb(19, 3)).all() and len(found.vertex_ids) == 20
    bow = gph.graph(np.array([[5, 7], [7, 9], [9, 5], [9, 12], [12, 3], [3, 9], [1, 3]]))
    assert [c.tolist() for c in bow.cliques(3, communities=True).communities] == [[3, 9, 12],
                                                                                  [5, 7, 9]]
    assert bow.cliques(4, communities=True).communities == []
    halves = gph.load("complete:n=100").cliques(50, per_vertex=True)  # more than 64 bits hold
    assert halves.count == math.comb(100, 50)
    assert halves.vertex_counts == [math.comb(99, 49)] * 100


def test_matches_command():
    spec = "rmat:scale=9,edgefactor=8,seed=3"
    found = gph.load(spec).cliques(4)
    said = command("cliques", spec, "-k", "4")
    assert str(found.count) == said["result"]["count"] and found.digest == said["digest"]


def test_arrays():
    edges = np.array([[5, 9], [9, 700], [700, 5], [5, 5], [9, 5]], np.int32)
    triangle = gph.graph(edges)
    assert (triangle.vertices, triangle.edges) == (3, 3)
    assert (triangle.dropped_loops, triangle.dropped_repeats) == (1, 1)
    assert triangle.ids().tolist() == [5, 9, 700]
    assert triangle.cliques(3, rows=True).rows.tolist() == [[5, 9, 700]]
    assert triangle.cliques(4, rows=True).rows.shape == (0, 4)
    # A contiguous view of something else, and columns that are not contiguous.
    assert gph.graph(np.asfortranarray(edges)).edges == 3


def test_distances(folder):
    path = os.path.join(folder, "small.txt")
    with open(path, "w") as file:
        file.write("t # a\nv 0 C\nv 1 C\nv 2 O\ne 0 1 s\ne 1 2 s\n"
                   "t # b\nv 0 C\nv 1 O\ne 0 1 d\n"
                   "t # c\nv 0 N\n")
    graphs = gph.collection(path)
    assert len(graphs) == 3
    pairs = np.array([[0, 1], [0, 2], [1, 2], [1, 1]])
    found = graphs.ged(pairs)
    assert found.lower.tolist() == [3, 5, 3, 0] and (found.lower == found.upper).all()
    assert found.exact.all()
    bound = graphs.ged(pairs, method="branch")
    assert (bound.lower <= found.lower).all() and (bound.upper >= found.upper).all()
    listed = os.path.join(folder, "pairs.txt")
    np.savetxt(listed, pairs, "%d")
    said = command("ged", "--collection", path, "--pairs", listed,
                   "--out", os.path.join(folder, "out.tsv"))
    assert found.digest == said["digest"]
    fails(2, "", graphs.ged, [[0, 7]])
    fails(2, "", graphs.ged, pairs, method="wishful")


def test_predictions(folder):
    spec = "sbm:n=300,classes=3,features=8,p_in=0.06,p_out=0.005,seed=3"
    model, out = os.path.join(folder, "model.h5"), os.path.join(folder, "out.tsv")
    config = os.path.join(folder, "train.yaml")
    with open(config, "w") as file:
        file.write(f"data:\n  path: {spec}\ntrain:\n  epochs: 20\n  rate: 0.05\n")
    command("train", config, "--model", model)
    said = command("predict", model, spec, "--out", out)
    found = gph.predict(model, spec)
    assert found.digest == said["digest"] and found.accuracy == said["result"]["accuracy"]
    assert found.class_names is None and found.scores.shape == (300, 3)
    assert found.scores.dtype == np.float32 and (found.classes == found.scores.argmax(axis=1)).all()
    table = np.loadtxt(out, skiprows=1)
    assert (table[:, 0] == found.ids).all() and (table[:, 1] == found.classes).all()
    assert np.allclose(table[:, 2], found.probability, atol=1e-6)
    fails(3, "out.tsv", gph.predict, out, spec)
    fails(3, "features", gph.predict, model, "sbm:n=20,features=3")

    rings = os.path.join(folder, "rings")  # chains of class 5, rings of class 7
    os.mkdir(rings)
    arcs, owner, labels, first = [], [], [], 1
    for graph in range(20):
        size = 4 + graph % 3
        arcs += [(first + i, first + (i + 1) % size) for i in range(size - 1 + graph % 2)]
        owner += [graph + 1] * size
        labels += list("COCOCO"[:size])
        first += size
    for name, rows in (("A", [f"{u}, {v}" for u, v in arcs]), ("graph_indicator", owner),
                       ("node_labels", labels), ("graph_labels", [5, 7] * 10)):
        with open(os.path.join(rings, f"R_{name}.txt"), "w") as file:
            file.write("".join(f"{row}\n" for row in rows))
    with open(config, "w") as file:
        file.write(f"data:\n  path: {rings}\n  folds: none\nmodel:\n  kind: gin\n  dropout: 0\n"
                   "train:\n  task: graphs\n  epochs: 40\n")
    command("train", config, "--model", model)
    said = command("predict", model, rings)
    graphs = gph.collection(rings)
    for found in gph.predict(model, rings), gph.predict(model, graphs), graphs.predict(model):
        assert found.digest == said["digest"] and found.class_names == ["5", "7"]
        assert found.ids.tolist() == list(range(20)) and found.scores.shape == (20, 2)
        assert found.accuracy == (found.classes == np.arange(20) % 2).mean() > 0.6
    plain = os.path.join(folder, "plain.txt")
    with open(plain, "w") as file:
        file.write("t # a\nv 0 C\nv 1 N\ne 0 1\n")
    fails(3, "does not know the label 'N'", gph.collection(plain).predict, model)
    with open(plain, "w") as file:
        file.write("t # a\nv 0 C\nv 1 O\ne 0 1\n")
    assert gph.predict(model, plain).accuracy is None


def test_failures(folder):
    fails(3, "no such file", gph.load, os.path.join(folder, "absent.txt"))
    bad = os.path.join(folder, "bad.txt")
    with open(bad, "w") as file:
        file.write("1 2\n1 x\n")
    fails(3, "bad.txt:2:", gph.load, bad)
    fails(2, "k", gph.load("complete:n=4").cliques, 0)
    small = gph.Context(threads=1, max_memory=100000)
    fails(4, "budget", small.load, "rmat:scale=14")
    assert small.load("complete:n=5").cliques(3).count == 10  # it goes on after a failure
    small.close()
    assert gph.load("complete:n=5").cliques(3).count == 10


def test_threads():
    digests = set()
    for threads in (1, 2, 3):
        context = gph.Context(threads=threads)
        digests.add(context.load("rmat:scale=9,seed=2").cliques(3, rows=True).digest)
    assert len(digests) == 1


with tempfile.TemporaryDirectory() as scratch:
    test_known_counts()
    test_matches_command()
    test_arrays()
    test_distances(scratch)
    test_predictions(scratch)
    test_failures(scratch)
    test_threads()
print("python: all passed, gph", gph.version())
