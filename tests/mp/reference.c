/* References. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

static int64_t degree(const sample_t *sample, int64_t v)
{
    return sample->start[v + 1] - sample->start[v];
}

void reference_pagerank(const sample_t *sample, double damping, int64_t sweeps, double *rank)
{
    const int64_t n = sample->n;
    double *next = calloc((size_t)n + 1, sizeof *next);
    for (int64_t v = 0; v < n; ++v)
        rank[v] = 1.0 / (double)n;
    for (int64_t sweep = 0; sweep < sweeps; ++sweep) {
        double lone = 0;
        for (int64_t v = 0; v < n; ++v)
            lone += degree(sample, v) == 0 ? rank[v] : 0;
        for (int64_t v = 0; v < n; ++v)
            next[v] = (1 - damping) / (double)n + damping * lone / (double)n;
        for (int64_t u = 0; u < n; ++u) /* push, where the library pulls */
            for (int64_t i = sample->start[u]; i < sample->start[u + 1]; ++i)
                next[sample->neighbour[i]] += damping * rank[u] / (double)degree(sample, u);
        for (int64_t v = 0; v < n; ++v)
            rank[v] = next[v];
    }
    free(next);
}

void reference_bfs(const sample_t *sample, int64_t source, int64_t *distance, int64_t *parent)
{
    bool changed = true;
    for (int64_t v = 0; v < sample->n; ++v)
        distance[v] = parent[v] = -1;
    if (source < 0)
        return;
    distance[source] = 0;
    for (int64_t level = 0; changed; ++level) {
        changed = false;
        for (int64_t u = 0; u < sample->n; ++u)
            for (int64_t i = sample->start[u]; distance[u] == level && i < sample->start[u + 1];
                 ++i)
                if (distance[sample->neighbour[i]] < 0) {
                    distance[sample->neighbour[i]] = level + 1;
                    changed = true;
                }
    }
    for (int64_t v = sample->n - 1; v >= 0; --v) /* the smallest comes last */
        for (int64_t i = sample->start[v + 1] - 1; i >= sample->start[v]; --i)
            if (distance[v] > 0 && distance[sample->neighbour[i]] == distance[v] - 1)
                parent[v] = sample->neighbour[i];
    parent[source] = source;
}

int64_t reference_components(const sample_t *sample, int64_t *component)
{
    int64_t *stack = calloc((size_t)sample->n + 1, sizeof *stack);
    int64_t found = 0;
    for (int64_t v = 0; v < sample->n; ++v)
        component[v] = -1;
    for (int64_t v = 0; v < sample->n; ++v) {
        int64_t count = 0;
        if (component[v] >= 0)
            continue;
        found += 1;
        component[v] = v;
        stack[count++] = v;
        while (count > 0) {
            const int64_t u = stack[--count];
            for (int64_t i = sample->start[u]; i < sample->start[u + 1]; ++i)
                if (component[sample->neighbour[i]] < 0) {
                    component[sample->neighbour[i]] = v;
                    stack[count++] = sample->neighbour[i];
                }
        }
    }
    free(stack);
    return found;
}

int64_t reference_hub(const sample_t *sample)
{
    int64_t hub = sample->n > 0 ? 0 : -1;
    for (int64_t v = 1; v < sample->n; ++v)
        if (degree(sample, v) > degree(sample, hub))
            hub = v;
    return hub;
}

/* Dijkstra, with a search of all vertices for the next one. */
void reference_sssp(const sample_t *sample, int64_t source, double *distance)
{
    bool *settled = calloc((size_t)sample->n + 1, sizeof *settled);
    for (int64_t v = 0; v < sample->n; ++v)
        distance[v] = -1;
    if (source >= 0)
        distance[source] = 0;
    while (true) {
        int64_t next = -1;
        for (int64_t v = 0; v < sample->n; ++v)
            if (!settled[v] && distance[v] >= 0 && (next < 0 || distance[v] < distance[next]))
                next = v;
        if (next < 0)
            break;
        settled[next] = true;
        for (int64_t i = sample->start[next]; i < sample->start[next + 1]; ++i) {
            const int64_t v = sample->neighbour[i];
            const double by = distance[next] + sample->weight[i];
            if (distance[v] < 0 || by < distance[v])
                distance[v] = by;
        }
    }
    free(settled);
}

/* How often a label occurs among the neighbours of v. */
static int64_t votes(const sample_t *sample, int64_t v, const int64_t *label, int64_t wanted)
{
    int64_t count = 0;
    for (int64_t i = sample->start[v]; i < sample->start[v + 1]; ++i)
        count += label[sample->neighbour[i]] == wanted;
    return count;
}

void reference_labels(const sample_t *sample, int64_t sweeps, int64_t *label)
{
    int64_t *next = calloc((size_t)sample->n + 1, sizeof *next);
    for (int64_t v = 0; v < sample->n; ++v)
        label[v] = v;
    for (int64_t sweep = 0; sweep < sweeps; ++sweep) {
        for (int64_t v = 0; v < sample->n; ++v) {
            int64_t most = 0;
            next[v] = label[v];
            for (int64_t i = sample->start[v]; i < sample->start[v + 1]; ++i) {
                const int64_t other = label[sample->neighbour[i]];
                const int64_t count = votes(sample, v, label, other);
                if (count > most || (count == most && other < next[v])) {
                    most = count;
                    next[v] = other;
                }
            }
        }
        memcpy(label, next, (size_t)sample->n * sizeof *label);
    }
    free(next);
}

int64_t reference_cores(const sample_t *sample, int64_t *core)
{
    int64_t *left = calloc((size_t)sample->n + 1, sizeof *left);
    bool *gone = calloc((size_t)sample->n + 1, sizeof *gone);
    int64_t level = 0;
    for (int64_t v = 0; v < sample->n; ++v)
        left[v] = degree(sample, v);
    for (int64_t removed = 0; removed < sample->n; ++removed) {
        int64_t least = -1;
        for (int64_t v = 0; v < sample->n; ++v)
            if (!gone[v] && (least < 0 || left[v] < left[least]))
                least = v;
        level = left[least] > level ? left[least] : level;
        core[least] = level;
        gone[least] = true;
        for (int64_t i = sample->start[least]; i < sample->start[least + 1]; ++i)
            left[sample->neighbour[i]] -= 1;
    }
    free(left);
    free(gone);
    return level;
}

int64_t reference_triangles(const sample_t *sample, int64_t *triangles)
{
    bool *near = calloc((size_t)sample->n + 1, sizeof *near);
    int64_t total = 0;
    for (int64_t v = 0; v < sample->n; ++v) {
        triangles[v] = 0;
        for (int64_t i = sample->start[v]; i < sample->start[v + 1]; ++i)
            near[sample->neighbour[i]] = true;
        for (int64_t i = sample->start[v]; i < sample->start[v + 1]; ++i) {
            const int64_t u = sample->neighbour[i];
            for (int64_t j = sample->start[u]; j < sample->start[u + 1]; ++j)
                triangles[v] += near[sample->neighbour[j]];
        }
        for (int64_t i = sample->start[v]; i < sample->start[v + 1]; ++i)
            near[sample->neighbour[i]] = false;
        triangles[v] /= 2; /* each was seen in both directions */
        total += triangles[v];
    }
    free(near);
    return total / 3;
}
