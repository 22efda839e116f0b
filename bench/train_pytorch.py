#!/usr/bin/env python3
"""Time of one epoch of a two-layer GCN in PyTorch, for comparison with gph train.

usage: train_pytorch.py DATA [--hidden 16] [--epochs 100] [--threads 1]

DATA is a folder of tables (edges.txt, features.txt.gz, labels.txt, train.txt) or
random:n=100000,degree=20,features=128,classes=16. Products with the graph and with sparse features
are CSR products; gradients go through CSR matrices that are transposed beforehand. An epoch is
forward with dropout, backward, and a step of Adam; the first epochs are not counted. On a busy
machine, compare the fastest epochs.
"""
import argparse
import gzip
import os
import time

import numpy
import torch


def csr(rows, columns, values, shape):
    order = numpy.lexsort((columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    start = numpy.zeros(shape[0] + 1, numpy.int64)
    numpy.add.at(start, rows + 1, 1)
    return (torch.from_numpy(numpy.cumsum(start)), torch.from_numpy(columns.astype(numpy.int64)),
            torch.from_numpy(values.astype(numpy.float32)), order)


class Sparse:
    """A sparse matrix and its transposed one, whose values may change together."""

    def __init__(self, rows, columns, values, shape):
        self.shape = shape
        self.start, self.column, self.value, order = csr(rows, columns, values, shape)
        rows, columns, values = rows[order], columns[order], values[order]
        self.start_t, self.column_t, _, turn = csr(columns, rows, values, shape[::-1])
        self.turn = torch.from_numpy(turn)

    def matrix(self, value):
        return torch.sparse_csr_tensor(self.start, self.column, value, self.shape)

    def transposed(self, value):
        return torch.sparse_csr_tensor(self.start_t, self.column_t, value[self.turn],
                                       self.shape[::-1])


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, dense, matrix, transposed):
        ctx.transposed = transposed
        return matrix @ dense

    @staticmethod
    def backward(ctx, g):
        return ctx.transposed() @ g.contiguous(), None, None


def load(folder):
    labels = numpy.loadtxt(os.path.join(folder, "labels.txt"), dtype=numpy.int64)
    edges = numpy.loadtxt(os.path.join(folder, "edges.txt"), dtype=numpy.int64)
    with gzip.open(os.path.join(folder, "features.txt.gz"), "rt") as file:
        entries = numpy.loadtxt(file)
    train = numpy.loadtxt(os.path.join(folder, "train.txt"), dtype=numpy.int64)
    rows, columns, values = entries[:, 0].astype(int), entries[:, 1].astype(int), entries[:, 2]
    sums = numpy.zeros(len(labels))
    numpy.add.at(sums, rows, values)
    features = Sparse(rows, columns, values / sums[rows], (len(labels), columns.max() + 1))
    return edges, labels, features, train


def generate(spec):
    wanted = dict(part.split("=") for part in spec.split(":")[1].split(","))
    n, degree = int(wanted["n"]), int(wanted["degree"])
    random = numpy.random.default_rng(1)
    edges = random.integers(0, n, (n * degree // 2, 2))
    edges = numpy.unique(numpy.sort(edges[edges[:, 0] != edges[:, 1]], axis=1), axis=0)
    labels = random.integers(0, int(wanted["classes"]), n)
    features = torch.from_numpy(
        random.uniform(-1, 1, (n, int(wanted["features"]))).astype(numpy.float32))
    return edges, labels, features, numpy.arange(0, n, 10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--hidden", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    data = generate(arguments.data) if arguments.data.startswith("random:") else load(
        arguments.data)
    edges, labels, features, train = data
    n, classes = len(labels), labels.max() + 1

    loops = numpy.arange(n)
    rows = numpy.concatenate([edges[:, 0], edges[:, 1], loops])
    columns = numpy.concatenate([edges[:, 1], edges[:, 0], loops])
    root = 1 / numpy.sqrt(numpy.bincount(rows, minlength=n))
    graph = Sparse(rows, columns, root[rows] * root[columns], (n, n))
    a, at = graph.matrix(graph.value), graph.transposed(graph.value)

    def weight(i, o):
        w = torch.empty(i, o)
        torch.nn.init.xavier_uniform_(w)
        return w.requires_grad_()

    w1 = weight(features.shape[1], arguments.hidden)
    b1 = torch.zeros(arguments.hidden, requires_grad=True)
    w2 = weight(arguments.hidden, int(classes))
    b2 = torch.zeros(int(classes), requires_grad=True)
    step = torch.optim.Adam([{"params": [w1], "weight_decay": 5e-4},
                             {"params": [b1, w2, b2]}], lr=0.01)
    target = torch.from_numpy(labels)[train]
    train = torch.from_numpy(train)
    drop = torch.nn.functional.dropout

    def epoch():
        step.zero_grad()
        if isinstance(features, Sparse):
            value = drop(features.value)
            z = Product.apply(w1, features.matrix(value), lambda: features.transposed(value))
        else:
            z = drop(features) @ w1
        h = torch.relu(Product.apply(z, a, lambda: at) + b1)
        z = Product.apply(drop(h) @ w2, a, lambda: at) + b2
        loss = torch.nn.functional.cross_entropy(z[train], target)
        loss.backward()
        step.step()
        return loss.item()

    for _ in range(max(2, arguments.epochs // 10)):
        epoch()
    times, processor = [], []
    for _ in range(arguments.epochs):
        began, used = time.perf_counter(), time.process_time()
        loss = epoch()
        times.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    print("pytorch %s, %d threads: epoch_seconds %.6f, epoch_fastest %.6f, of processor time %.6f, "
          "loss %.4f" % (torch.__version__, arguments.threads, sum(times) / len(times), min(times),
                         min(processor), loss))


main()
