#!/usr/bin/env python3
"""Makes tests/nn/data/pytorch_step.txt: one step of training of small models by PyTorch.

usage: pytorch_step.py OUT    (Debian: python3-torch, python3-numpy)

The file holds matrices, each as a line `name rows columns` and its numbers: the data, and for each
kind of model its weights before and after one step of Adam, one behind the other in the order of
gph_network_build(), and the loss before the step. Products are dense, so nothing here is ours.
"""
import sys

import numpy
import torch

N, EDGES, FEATURES, HIDDEN, CLASSES = 37, 80, 9, 5, 4


def put(file, name, values):
    values = numpy.atleast_2d(numpy.asarray(values, dtype=numpy.float64))
    file.write("%s %d %d\n" % (name, *values.shape))
    for row in values:
        file.write(" ".join("%.9g" % x for x in row) + "\n")


def main():
    random = numpy.random.default_rng(20)
    edges = random.integers(0, N - 2, (EDGES, 2))  # the last two vertices have no neighbours
    edges = numpy.unique(numpy.sort(edges[edges[:, 0] != edges[:, 1]], axis=1), axis=0)
    x = numpy.where(random.random((N, FEATURES)) < 0.4, random.uniform(0.2, 1, (N, FEATURES)), 0)
    x = x.astype(numpy.float32)
    label = random.integers(0, CLASSES, N)
    train = numpy.arange(N) % 3 != 1

    a = torch.zeros(N, N)
    a[edges[:, 0], edges[:, 1]] = 1
    a[edges[:, 1], edges[:, 0]] = 1
    degree = a.sum(1)
    root = (degree + 1).rsqrt()
    gcn = root[:, None] * (a + torch.eye(N)) * root[None, :]
    mean = a / degree.clamp(min=1)[:, None]
    total = a + torch.eye(N)

    def weight(i, o):
        limit = (6 / (i + o)) ** 0.5
        return torch.from_numpy(random.uniform(-limit, limit, (i, o)).astype(numpy.float32))

    def bias(o):
        return torch.from_numpy(random.uniform(-0.1, 0.1, (1, o)).astype(numpy.float32))

    def run_gcn(w, h):
        h = torch.relu(gcn @ h @ w[0] + w[1])
        return gcn @ h @ w[2] + w[3]

    def run_sage(w, h):
        h = torch.relu(mean @ h @ w[0] + h @ w[1] + w[2])
        return mean @ h @ w[3] + h @ w[4] + w[5]

    def run_gin(w, h):
        h = torch.relu(total @ h @ w[0] + w[1])
        h = torch.relu(h @ w[2] + w[3])
        h = torch.relu(total @ h @ w[4] + w[5])
        return h @ w[6] + w[7]

    f, m, c = FEATURES, HIDDEN, CLASSES
    # For each kind: the model, its weights, and how many of them belong to the first layer.
    models = {
        "gcn": (run_gcn, [weight(f, m), bias(m), weight(m, c), bias(c)]),
        "sage": (run_sage, [weight(f, m), weight(f, m), bias(m), weight(m, c), weight(m, c),
                            bias(c)]),
        "gin": (run_gin, [weight(f, m), bias(m), weight(m, m), bias(m), weight(m, m), bias(m),
                          weight(m, c), bias(c)]),
    }
    with open(sys.argv[1], "w") as file:
        put(file, "edges", edges)
        put(file, "features", x)
        put(file, "labels", label[:, None])
        put(file, "train", train[:, None])
        for name, (run, weights) in models.items():
            decays = [w for w in weights if w.shape[0] > 1]
            rest = [w for w in weights if w.shape[0] == 1]
            for w in weights:
                w.requires_grad_()
            put(file, name + "_before", torch.cat([w.detach().flatten() for w in weights]))
            step = torch.optim.Adam([{"params": decays, "weight_decay": 5e-4}, {"params": rest}],
                                    lr=0.01)
            score = run(weights, torch.from_numpy(x))
            loss = torch.nn.functional.cross_entropy(score[train], torch.from_numpy(label[train]))
            loss.backward()
            step.step()
            put(file, name + "_loss", [[loss.item()]])
            put(file, name + "_gradient", torch.cat([w.grad.flatten() for w in weights]))
            put(file, name + "_after", torch.cat([w.detach().flatten() for w in weights]))


main()
