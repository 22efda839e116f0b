/* Gathering edge lists and names of all ranks, to compare them with an oracle. */
#include "gather.h"

#include "gph_test.h"
#include "par/comm.h"

#include <stdlib.h>
#include <string.h>

static int compare_edges(const void *left, const void *right)
{
    const gph_edge_t *a = left;
    const gph_edge_t *b = right;
    if (a->u != b->u)
        return a->u < b->u ? -1 : 1;
    return (a->v > b->v) - (a->v < b->v);
}

void sort_edges(int64_t count, gph_edge_t *edge)
{
    for (int64_t i = 0; i < count; i++) {
        if (edge[i].u > edge[i].v)
            edge[i] = (gph_edge_t){.u = edge[i].v, .v = edge[i].u};
    }
    if (count > 0)
        qsort(edge, (size_t)count, sizeof *edge, compare_edges);
}

whole_edges_t gather_edges(gph_context_t *context, const gph_edges_t *edges)
{
    whole_edges_t whole = {0};
    GPH_EXPECT_OK(context, gph_comm_concat_all(context, edges->count, sizeof *edges->edge,
                                               edges->edge, &whole.edge, &whole.count));
    sort_edges(whole.count, whole.edge);
    return whole;
}

gph_names_t gather_names(gph_context_t *context, const gph_edges_t *edges)
{
    gph_names_t whole = {0};
    int64_t *end = NULL;
    int64_t bytes = 0;
    int64_t before = 0;
    const int64_t none = 0;
    const int64_t *offset = edges->names.offset ? edges->names.offset : &none;
    const int64_t count = edges->names.offset ? edges->names.count : 0;
    const int64_t mine = offset[count];
    GPH_EXPECT_OK(context, gph_comm_concat_all(context, mine, sizeof *whole.bytes,
                                               edges->names.bytes, &whole.bytes, &bytes));
    GPH_EXPECT_OK(context, gph_comm_scan_i64(context, 1, &mine, &before, NULL));
    int64_t *shifted = malloc(((size_t)count + 1) * sizeof *shifted);
    for (int64_t i = 0; i < count; i++)
        shifted[i] = before + offset[i + 1];
    GPH_EXPECT_OK(
        context, gph_comm_concat_all(context, count, sizeof *shifted, shifted, &end, &whole.count));
    free(shifted);
    GPH_EXPECT_OK(context, gph_calloc(context->env, whole.count + 1, sizeof *end, &whole.offset));
    if (whole.count > 0 && whole.offset != NULL)
        memcpy(whole.offset + 1, end, (size_t)whole.count * sizeof *end);
    gph_free(end);
    return whole;
}

bool same_edges(whole_edges_t a, whole_edges_t b)
{
    bool same = a.count == b.count;
    for (int64_t i = 0; same && i < a.count; i++)
        same = a.edge[i].u == b.edge[i].u && a.edge[i].v == b.edge[i].v;
    return same;
}

const char *edges_digest(whole_edges_t whole)
{
    static char text[GPH_DIGEST_CHARS];
    return gph_digest_format(gph_digest_bytes(whole.edge, (size_t)whole.count * sizeof *whole.edge),
                             text);
}
