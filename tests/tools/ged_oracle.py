#!/usr/bin/env python3
"""Writes tests/ged/oracle: random small graphs and their edit distances by networkx.

    tests/tools/ged_oracle.py [FOLDER]

needs networkx. Six collections (labels that are words, integers or vectors; undirected and
directed) of 100 graphs each after graph 0, which only fixes the order of labels; distances.txt has
300 lines `COLLECTION I J NODE EDGE DISTANCE`. NODE and EDGE are cost models:

    constant:INSERT,REMOVE,SUBSTITUTE
    euclidean:INSERT,REMOVE,FACTOR
    table:N,ENTRIES     (N+1) x (N+1) entries, rows before, columns after, last: nothing

Replacing a node is always cheaper than deleting and inserting one: where it is not, networkx 2.8
leaves out branches and finds more than the least cost. The brute force in the tests covers that.
"""
import math
import os
import random
import sys

import networkx

LABELS = {"words": ["C", "N", "O+"], "integers": ["7", "-2", "13"]}
EDGE_LABELS = {"words": ["single", "double", "ring"], "integers": ["1", "2", "40"]}
PAIRS = 50


def draw_vector(rng):
    return tuple(rng.randrange(0, 5) / 2 for _ in range(2))


def draw_graph(rng, kind, directed):
    graph = networkx.DiGraph() if directed else networkx.Graph()
    nodes = rng.choice([1, 2, 3, 4, 4, 5, 5])
    density = rng.choice([0.2, 0.4, 0.7])
    for u in range(nodes):
        graph.add_node(u, label=draw_vector(rng) if kind == "vectors" else rng.choice(LABELS[kind]))
    for u in range(nodes):
        for v in range(0 if directed else u + 1, nodes):
            if u != v and rng.random() < density * (0.6 if directed else 1):
                label = draw_vector(rng) if kind == "vectors" else rng.choice(EDGE_LABELS[kind])
                graph.add_edge(u, v, label=label)
    return graph


def label_text(label):
    return label if isinstance(label, str) else ",".join(f"{x:g}" for x in label)


def write_graph(out, name, graph):
    out.write(f"t # {name}\n")
    for u in graph:
        out.write(f"v {u} {label_text(graph.nodes[u]['label'])}\n")
    for u, v, label in graph.edges(data="label"):
        out.write(f"e {u} {v} {label_text(label)}\n")


def all_labels(kind):
    """Graph 0: every label once, so that numbers of labels are known."""
    graph = networkx.Graph()
    labels = LABELS.get(kind, [(0.0, 0.0)] * 4) + [LABELS[kind][0] if kind in LABELS else (0.0, 0.0)]
    for u, label in enumerate(labels[:4]):
        graph.add_node(u, label=label)
    for e in range(3):
        graph.add_edge(e, e + 1, label=EDGE_LABELS[kind][e] if kind in LABELS else (0.0, 0.0))
    return graph


class Model:
    """Costs of operations on nodes, or on edges."""

    def __init__(self, rng, kind, labels, nodes):
        self.labels = labels
        style = "euclidean" if kind == "vectors" else rng.choice(["constant", "table", "table"])
        unit = rng.choice([1, 1, 0.5, 0.3, 0.07])
        if style == "table":
            count = len(labels) + 1
            self.table = [[round(unit * rng.randrange(0, 6), 4) for _ in range(count)]
                          for _ in range(count)]
            self.table[-1][-1] = 0
            if nodes:
                self.keep_direct(unit)
            numbers = [x for row in self.table for x in row]
            self.text = f"table:{count - 1}," + ",".join(f"{x:g}" for x in numbers)
        else:
            self.three = [round(unit * x, 4) for x in
                          (rng.randrange(0, 4), rng.randrange(1, 4), rng.randrange(0, 6))]
            if nodes:
                most = 3 if style == "euclidean" else 1
                self.three[2] = min(self.three[2], round(0.9 * sum(self.three[:2]) / most, 4))
            self.text = f"{style}:" + ",".join(f"{x:g}" for x in self.three)
        self.style = style

    def keep_direct(self, unit):
        for row in self.table[:-1]:
            row[-1] = max(row[-1], round(unit, 4))
        for row in self.table[:-1]:
            for b, insertion in enumerate(self.table[-1][:-1]):
                row[b] = min(row[b], round(0.9 * (row[-1] + insertion), 4))

    def price(self, a, b):
        if self.style == "table":
            row = -1 if a is None else self.labels.index(a)
            column = -1 if b is None else self.labels.index(b)
            return self.table[row][column]
        if a is None or b is None:
            return self.three[0] if a is None else self.three[1]
        if self.style == "euclidean":
            return self.three[2] * math.dist(a, b)
        return 0 if a == b else self.three[2]


def distance(a, b, node, edge):
    return networkx.graph_edit_distance(
        a, b,
        node_subst_cost=lambda x, y: node.price(x["label"], y["label"]),
        node_del_cost=lambda x: node.price(x["label"], None),
        node_ins_cost=lambda y: node.price(None, y["label"]),
        edge_subst_cost=lambda x, y: edge.price(x["label"], y["label"]),
        edge_del_cost=lambda x: edge.price(x["label"], None),
        edge_ins_cost=lambda y: edge.price(None, y["label"]))


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../ged/oracle")
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(2024)
    with open(os.path.join(folder, "distances.txt"), "w") as table:
        for kind in ["words", "integers", "vectors"]:
            for directed in [False, True]:
                name = f"{kind}-{'directed' if directed else 'undirected'}"
                graphs = [draw_graph(rng, kind, directed) for _ in range(2 * PAIRS)]
                with open(os.path.join(folder, f"{name}.txt"), "w") as out:
                    write_graph(out, "labels", all_labels(kind))
                    for i, graph in enumerate(graphs):
                        write_graph(out, f"g{i + 1}", graph)
                for i in range(0, 2 * PAIRS, 2):
                    node = Model(rng, kind, LABELS.get(kind), True)
                    edge = Model(rng, kind, EDGE_LABELS.get(kind), False)
                    value = distance(graphs[i], graphs[i + 1], node, edge)
                    table.write(f"{name} {i + 1} {i + 2} {node.text} {edge.text} {value:.12g}\n")


if __name__ == "__main__":
    main()
