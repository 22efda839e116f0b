#!/usr/bin/python3
"""Races gph with programs that Debian packages: cliques with igraph, edit distances with networkx.

    bench/peers.py [GPH]        default build/release/apps/gph/gph
    cmake --build --preset release --target bench-peers

Needs python3-igraph and python3-networkx (scripts/deps.sh bench); a race without its peer is left out.
Both sides run in turn, with one thread, on the same input, and must agree; the best of three runs
counts. Times leave out reading: for gph they are those of its phases. igraph's Python module has no
call that only counts cliques of a size: it makes a list of them.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

GPH = sys.argv[1] if len(sys.argv) > 1 else "build/release/apps/gph/gph"
RUNS = 3
failures = 0


def gph(*words):
    """Runs gph; returns its JSON object."""
    done = subprocess.run([GPH, *words, "--threads", "1", "--json", "-"], check=True,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def phases(result, *names):
    return sum(result["phases"].get(name, {"max": 0})["max"] for name in names)


def timed(function):
    began = time.perf_counter()
    value = function()
    return time.perf_counter() - began, value


def race(what, ours, theirs):
    """Each returns (seconds, answer)."""
    global failures
    best = [float("inf"), float("inf")]
    answers = [None, None]
    for _ in range(RUNS):
        for side, run in enumerate((ours, theirs)):
            seconds, answers[side] = run()
            best[side] = min(best[side], seconds)
    same = answers[0] == answers[1]
    failures += not same
    print(f"{what:44} {best[0]:10.4f} {best[1]:10.4f} {best[1] / best[0]:9.1f}"
          f"{'' if same else '  DIFFER: %s, %s' % tuple(answers)}", flush=True)


def cliques(folder):
    try:
        import igraph
    except ImportError:
        print("cliques: left out, python3-igraph is not installed")
        return
    for spec in ("er:n=2000,m=60000,seed=1", "rmat:scale=10,edgefactor=16,seed=1", "turan:n=60,r=6"):
        path = os.path.join(folder, "graph.txt")
        subprocess.run([GPH, "generate", spec, path, "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(path) as file:
            edges = [tuple(map(int, line.split()[:2])) for line in file if line[0] not in "#%"]
        graph = igraph.Graph(edges=edges).simplify()
        for k in (3, 4, 5):
            def ours():
                result = gph("cliques", path, "-k", str(k))
                return phases(result, "order", "orient", "count"), int(result["result"]["count"])

            def theirs():
                return timed(lambda: len(graph.cliques(k, k)))

            race(f"{k}-cliques of {spec}", ours, theirs)


def random_graph(rng, nodes, edges):
    pairs = [(u, v) for u in range(nodes) for v in range(u)]
    return ([rng.choice("ABC") for _ in range(nodes)], rng.sample(pairs, min(edges, len(pairs))))


def distances(folder):
    try:
        import networkx
    except ImportError:
        print("edit distances: left out, python3-networkx is not installed")
        return
    rng = random.Random(1)
    for nodes in (4, 5, 6):
        graphs = [random_graph(rng, nodes, nodes + 2) for _ in range(6)]
        path = os.path.join(folder, "graphs.txt")
        with open(path, "w") as file:
            for i, (labels, edges) in enumerate(graphs):
                file.write(f"t # {i}\n")
                file.writelines(f"v {v} {label}\n" for v, label in enumerate(labels))
                file.writelines(f"e {u} {v} x\n" for u, v in edges)
        built = []
        for labels, edges in graphs:
            graph = networkx.Graph(edges)
            graph.add_nodes_from((v, {"label": label}) for v, label in enumerate(labels))
            built.append(graph)

        def ours():
            result = gph("ged", "--collection", path)
            return phases(result, "distances"), result["result"]["upper_sum"]

        def theirs():
            return timed(lambda: float(sum(
                networkx.graph_edit_distance(a, b, node_match=lambda x, y: x["label"] == y["label"])
                for i, a in enumerate(built) for b in built[i + 1:])))

        race(f"edit distances of 15 pairs, {nodes} nodes each", ours, theirs)


print(f"{'seconds, one thread':44} {'gph':>10} {'peer':>10} {'times':>9}")
with tempfile.TemporaryDirectory() as temporary:
    cliques(temporary)
    distances(temporary)
sys.exit(failures > 0)
