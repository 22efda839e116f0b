/* References. */
#include "reference.h"

#include <stdlib.h>

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
