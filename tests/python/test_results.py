"""examples/python: what its readers get out of each kind of file is what other ways say: the text forms
of the same results, brute force, and the forward pass of a model in numpy."""
import itertools
import math
import os
import subprocess
import sys
import tempfile

try:
    import h5py  # noqa: F401 (results.py needs it)
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)
EXAMPLES = os.path.join(os.environ["GPH_SOURCE_DIR"], "examples", "python")
sys.dont_write_bytecode = True
sys.path.insert(0, EXAMPLES)
import results  # noqa: E402


def gph(*arguments, status=0):
    done = subprocess.run([os.environ["GPH_COMMAND"], *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env={**os.environ, "GPH_THREADS": "1"})
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done.stdout


def write(name, text):
    with open(name, "w") as file:
        file.write(text)
    return name


def test_graph():
    write("ids.txt", "30 7 0.5\n7 900 2\n900 30 1\n900 41 4\n")
    gph("convert", "ids.txt", "graph.h5")
    edges, weights, ids, names = results.graph("graph.h5")
    assert ids.tolist() == [7, 30, 41, 900] and names is None
    assert sorted(zip(*ids[edges].T.tolist(), weights.tolist())) == [
        (7, 30, 0.5), (7, 900, 2), (30, 900, 1), (41, 900, 4)]
    gph("generate", "er:n=60,m=300", "plain.h5")
    gph("convert", "plain.h5", "plain.txt")
    edges, weights, ids, _ = results.graph("plain.h5")
    assert weights is None and np.array_equal(ids[edges], np.loadtxt("plain.txt", int))
    write("text.txt", "one two three two one\n")
    gph("convert", "textgraph:path=text.txt,unit=word", "chain.h5")
    edges, _, _, names = results.graph("chain.h5")
    assert "".join(names) == "one two three two one\n"
    assert sorted(edges.tolist()) == [[i, i + 1] for i in range(len(names) - 1)]


def test_cliques():
    edges = {tuple(e) for e in np.loadtxt("plain.txt", int).tolist()}
    wanted = [c for c in itertools.combinations(range(60), 3)
              if all(pair in edges for pair in itertools.combinations(c, 2))]
    gph("cliques", "plain.h5", "-k", 3, "--list", "list.h5", "--per-vertex", "vertices.h5")
    rows, names = results.cliques("list.h5")
    assert names is None and sorted(map(tuple, rows.tolist())) == wanted
    ids, counts, _ = results.vertex_cliques("vertices.h5")
    assert np.array_equal(counts, np.bincount(np.ravel(wanted), minlength=60)) and ids[59] == 59
    gph("cliques", "ids.txt", "-k", 3, "--list", "ids.h5")
    assert results.cliques("ids.h5")[0].tolist() == [[7, 30, 900]]
    gph("cliques", "text:path=text.txt,unit=word,window=3", "-k", 3, "--list", "words.h5",
        "--per-vertex", "named.h5")
    rows, names = results.cliques("words.h5")
    assert [{names[v] for v in row} for row in rows] == [{"one", "two", "three"}]
    _, counts, names = results.vertex_cliques("named.h5")
    assert counts.tolist() == [1, 1, 1] and set(names) == {"one", "two", "three"}
    gph("cliques", "complete:n=70", "-k", 35, "--per-vertex", "many.h5")
    assert results.vertex_cliques("many.h5")[1].tolist() == [math.comb(69, 34)] * 70


def test_communities():
    write("bow.txt", "50 7\n7 9\n9 50\n9 1000\n1000 3\n3 9\n2 1\n1 4\n2 4\n4 6\n6 2\n")
    gph("cliques", "bow.txt", "-k", 3, "--communities", "bow.h5")
    found, names = results.communities("bow.h5")
    assert names is None
    assert [c.tolist() for c in found] == [[1, 2, 4, 6], [3, 9, 1000], [7, 9, 50]]
    gph("cliques", "plain.h5", "-k", 4, "--communities", "plain4.h5")
    gph("cliques", "plain.h5", "-k", 4, "--communities", "plain4.txt")
    found, _ = results.communities("plain4.h5")
    with open("plain4.txt") as file:
        assert [c.tolist() for c in found] == [[int(v) for v in line.split()] for line in file]
    gph("cliques", "bow.txt", "-k", 5, "--communities", "none.h5")
    assert results.communities("none.h5")[0] == []
    gph("cliques", "text:path=text.txt,unit=word,window=3", "-k", 3, "--communities", "named.h5")
    found, names = results.communities("named.h5")
    assert [{names[v] for v in c} for c in found] == [{"one", "two", "three"}]


def test_values():
    gph("run", "bfs", "ids.txt", "--source", 41, "--out", "values.h5")
    ids, columns, _ = results.vertex_values("values.h5")
    assert ids.tolist() == [7, 30, 41, 900]
    assert columns["distance"].tolist() == [2, 2, 0, 1] and columns["parent"].tolist()[0] == 3
    gph("run", "pagerank", "text:path=text.txt,unit=word", "--out", "ranks.h5")
    _, columns, names = results.vertex_values("ranks.h5")
    assert abs(columns["rank"].sum() - 1) < 1e-9 and names[columns["rank"].argmax()] == "two"


def test_distances():
    write("small.txt", "t # a\nv 0 C\nv 1 C\nv 2 O\ne 0 1 s\ne 1 2 d\n"
                       "t # b\nv 0 C\nv 1 O\ne 0 1 d\nt # c\nv 0 N\n")
    gph("convert", "--collection", "small.txt", "collection.h5")
    graphs = results.collection("collection.h5")
    assert [g["name"] for g in graphs] == ["a", "b", "c"] and graphs[0]["class"] is None
    assert [g["nodes"] for g in graphs] == [["C", "C", "O"], ["C", "O"], ["N"]]
    assert graphs[0]["edges"].tolist() == [[0, 1], [1, 2]] and graphs[0]["edge_labels"] == ["s", "d"]
    gph("ged", "--collection", "small.txt", "--path", "--out", "pairs.h5", "--matrix", "matrix.h5")
    gph("ged", "--collection", "small.txt", "--out", "pairs.tsv")
    pairs, lower, upper, exact, mappings = results.ged_pairs("pairs.h5")
    assert np.array_equal(np.column_stack([pairs, lower, upper, exact]), np.loadtxt("pairs.tsv"))
    assert upper.tolist() == [2, 5, 3] and mappings[0].tolist() == [-1, 0, 1]
    low, high = results.ged_matrix("matrix.h5")
    assert np.array_equal(low, high) and high.tolist() == [[0, 2, 5], [2, 0, 3], [5, 3, 0]]
    gph("ged", "--collection", "small.txt", "--query", "small.txt", "--nearest", 1, "--out", "near.h5")
    found, lower, _ = results.ged_matches("near.h5")
    assert found.tolist() == [[0, 0], [1, 1], [2, 2]] and not lower.any()
    write("values.txt", "t # a\nv 0 0.5,1.25\nv 1 2,3\ne 0 1 7\nt # b\nv 0 1,1\n")
    gph("convert", "--collection", "--node-cost", "euclidean", "--edge-cost", "euclidean",
        "values.txt", "numbers.h5")
    graphs = results.collection("numbers.h5")
    assert [g["node_values"].tolist() for g in graphs] == [[[0.5, 1.25], [2, 3]], [[1, 1]]]
    assert graphs[0]["edge_values"].tolist() == [[7]]


def forward(kind, layers, x, near):
    """Scores of the model: layers of relu(norm(N(x) W + x V + b)) as docs/training.md says."""
    degree = near.sum(axis=1)
    if kind == "gcn":
        root = 1 / np.sqrt(degree + 1)
        near = root[:, None] * (near + np.eye(len(near))) * root
    elif kind == "sage":
        near = near / np.maximum(degree, 1)[:, None]
    else:
        near = near + np.eye(len(near))  # gin sums the vertex, too
    for number, layer in enumerate(layers, 1):
        y = layer.get("bias", 0)
        y = y + near @ x @ layer["weight"] if "weight" in layer else y
        y = y + x @ layer["own"] if "own" in layer else y
        if "gain" in layer:
            y = (y - y.mean(axis=1, keepdims=True)) / np.sqrt(y.var(axis=1, keepdims=True) + 1e-5)
            y = y * layer["gain"] + layer["shift"]
        x = y if number == len(layers) else np.maximum(y, 0)
    return x


def test_training():
    random = np.random.default_rng(1)
    classes = np.arange(90) % 3
    near = random.random((90, 90)) < np.where(classes[:, None] == classes, 0.2, 0.02)
    near = np.triu(near, 1)
    os.mkdir("table")
    np.savetxt("table/edges.txt", np.argwhere(near), "%d")
    np.savetxt("table/labels.txt", classes, "%d")
    features = np.round(random.random((90, 5)) + 0.5 * (np.arange(5) == classes[:, None]), 3)
    np.savetxt("table/features.txt", [(v, f, features[v, f]) for v in range(90) for f in range(5)],
               "%d %d %.3f")
    for part, name in enumerate(("train", "val", "test")):
        np.savetxt(f"table/{name}.txt", np.arange(30) + 30 * part, "%d")
    near = (near + near.T).astype(float)
    features /= features.sum(axis=1, keepdims=True)
    for kind, norm in itertools.product(("gcn", "sage", "gin", "linear"), ("none", "layer")):
        write("train.yaml", f"data:\n  path: table\nmodel:\n  kind: {kind}\n  norm: {norm}\n"
                            "  hidden: 7\n  layers: 3\ntrain:\n  epochs: 20\n")
        gph("train", "train.yaml", "--model", "model.h5", "--metrics", "metrics.h5", "--csv", "m.csv")
        gph("predict", "model.h5", "table", "--out", "classes.h5")
        gph("predict", "model.h5", "table", "--out", "classes.tsv")
        settings, layers = results.model("model.h5")
        assert settings["kind"] == kind and len(layers) == (6 if kind == "gin" else 3)
        ids, found, probability, scores = results.predictions("classes.h5")
        assert np.allclose(forward(kind, layers, features, near), scores, 1e-3, 1e-4), (kind, norm)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        assert np.array_equal(found, scores.argmax(axis=1))
        assert np.allclose(probability, shares.max(axis=1))
        table = np.loadtxt("classes.tsv", skiprows=1)
        assert np.array_equal(table[:, 0], ids) and np.array_equal(table[:, 1], found)
        assert np.allclose(table[:, 2], probability, atol=1e-6)
    expect_csv("metrics.h5", "m.csv")
    assert len(results.metrics("metrics.h5")["valid_loss"]) == 20


def expect_csv(metrics, csv):
    columns = results.metrics(metrics)
    wanted = np.genfromtxt(csv, delimiter=",", names=True)
    assert set(columns) == set(wanted.dtype.names)
    assert all(np.allclose(columns[name], wanted[name], 1e-8) for name in columns)


def test_training_graphs():
    os.mkdir("tu")
    write("tu/T_A.txt", "".join(f"{2 * g + 1}, {2 * g + 2}\n{2 * g + 2}, {2 * g + 1}\n"
                                for g in range(20)))
    write("tu/T_graph_indicator.txt", "".join(f"{g + 1}\n" * 2 for g in range(20)))
    write("tu/T_graph_labels.txt", "".join(f"{g % 2}\n" for g in range(20)))
    write("tu/T_node_labels.txt", "".join(f"{g % 2}\n{g % 3}\n" for g in range(20)))
    write("graphs.yaml", "data:\n  path: tu\n  fold_count: 2\nmodel:\n  kind: gin\n"
                         "train:\n  task: graphs\n  epochs: 3\n")
    gph("train", "graphs.yaml", "--metrics", "folds.h5", "--csv", "folds.csv")
    expect_csv("folds.h5", "folds.csv")
    assert results.metrics("folds.h5")["fold"].tolist() == [1, 1, 1, 2, 2, 2]
    names = [np.array([f"{g % 2}", f"{g % 3}"]) for g in range(20)]
    near = np.array([[0, 1], [1, 0]], float)
    for kind, readout in itertools.product(("gcn", "sage", "gin"), ("sum", "mean", "max")):
        gph("train", "graphs.yaml", "--folds", "none", "--model", "graphs.h5", "--kind", kind,
            "--readout", readout, "--norm", "layer")
        gph("predict", "graphs.h5", "tu", "--out", "graph_classes.h5")
        settings, layers = results.model("graphs.h5")
        assert settings["class_names"] == ["0", "1"] and len(settings["node_labels"]) == 3
        _, found, _, scores = results.predictions("graph_classes.h5")
        assert np.array_equal(found, scores.argmax(axis=1))
        assert results.predicted_names("graph_classes.h5")[1] == ["0", "1"]
        read = {"sum": np.sum, "mean": np.mean, "max": np.max}[readout]
        wanted = [graph_scores(kind, read, layers, np.eye(3)[
            [settings["node_labels"].index(label) for label in graph]], near) for graph in names]
        assert np.allclose(wanted, scores, 1e-3, 1e-4), (kind, readout)


def graph_scores(kind, read, layers, x, near):
    """Scores of one graph by plain numpy: readouts of all layers, and a linear layer."""
    each = 2 if kind == "gin" else 1
    readouts = []
    for begin in range(0, len(layers) - 1, each):
        x = np.maximum(forward(kind, layers[begin:begin + each], x, near), 0)
        readouts.append(read(x, axis=0))
    return np.concatenate(readouts) @ layers[-1]["own"] + layers[-1]["bias"]


def test_checkpoint():
    os.mkdir("state")
    gph("cliques", "rmat:scale=12", "-k", 5, "--checkpoint", "state", "--max-time", "1ms", status=5)
    path = os.path.join("state", os.listdir("state")[0])
    texts, arrays = results.checkpoint(path)
    assert "command=cliques" in texts["identity"].splitlines()
    assert set(np.unique(arrays["tile_done"])) <= {0, 1}
    return path


def test_refusals():
    for path, read in ("list.h5", results.graph), ("graph.h5", results.cliques):
        try:
            read(path)
        except ValueError as error:
            assert path in str(error)
        else:
            raise AssertionError("read as another kind")


def test_look(checkpoint):
    """Every kind of file that docs/file-formats.md names is looked at."""
    files = {"graph.h5": "4 vertices, 4 edges, with weights", "list.h5": "cliques of 3 vertices",
             "words.h5": "1 cliques of 3", "vertices.h5": "60 vertices", "values.h5": "distance: mean",
             "collection.h5": "3 graphs, 6 nodes, 3 edges", "pairs.h5": "0 1: 2 to 2 by [-1, 0, 1]",
             "matrix.h5": "nearest to 0: 1, at 2", "near.h5": "3 matches",
             "metrics.h5": "loss in validation least", "folds.h5": "2 folds: accuracy", "model.h5": "layer 3: own 7 × 3, bias 3",
             "classes.h5": "90 vertices", "graphs.h5": "layer 5: own 32 × 2",
             "graph_classes.h5": "20 graphs", checkpoint: "tiles done"}
    output = subprocess.run([sys.executable, "-B", os.path.join(EXAMPLES, "look.py"), *files],
                            check=True, stdout=subprocess.PIPE, text=True).stdout
    for path, text in files.items():
        assert path + ": " in output and text in output, (text, output)
    with open(os.path.join(os.environ["GPH_SOURCE_DIR"], "docs", "file-formats.md")) as file:
        documented = file.read()
    for name in sorted({results.kind(path) for path in files}):
        assert f"`{name}`" in documented, name


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    test_graph()
    test_cliques()
    test_communities()
    test_values()
    test_distances()
    test_training()
    test_training_graphs()
    path = test_checkpoint()
    test_refusals()
    test_look(path)
    os.chdir("/")
print("python: readers of all kinds of files agree")
