/* Clique mismatch; see cliques.h. */
#include "ged/cliques.h"

#include "gph/ged_pairs.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <string.h>

/* Search for the cliques of one graph. */
typedef struct finder {
    const gph_small_graph_t *graph;
    int32_t words;       /* of a row */
    uint64_t *adjacent;  /* [nodes × words] bit matrix of greater neighbours */
    uint64_t *candidate; /* [GPH_GED_CLIQUE_SIZES + 2][words] who can extend the clique */
    gph_map_t counts;
    gph_status_t status;
} finder_t;

/* Largest clique that counts. */
enum { CLIQUE_MOST = GPH_GED_CLIQUE_LEAST + GPH_GED_CLIQUE_SIZES - 1 };

/* Spreads a number over 64 bits (the finaliser of MurmurHash3). */
static uint64_t spread(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

/* Class of a clique from the sum over its nodes, which does not depend on their order. */
static int64_t class_of(uint64_t sum, int size)
{
    return (int64_t)(spread(sum) >> 3 | (uint64_t)(size - GPH_GED_CLIQUE_LEAST) << 61);
}

static void count_clique(finder_t *finder, uint64_t sum, int size)
{
    int64_t *times = NULL;
    const gph_status_t status = gph_map_insert(&finder->counts, class_of(sum, size), 0, &times);
    if (status == GPH_OK)
        ++*times;
    else
        finder->status = status;
}

/* Extends a clique of `size` nodes by each candidate in turn. Depth is at most CLIQUE_MOST. */
static void extend(finder_t *finder, int size, uint64_t sum) // NOLINT(misc-no-recursion)
{
    const uint64_t *candidate = finder->candidate + (int64_t)size * finder->words;
    uint64_t *next = finder->candidate + (int64_t)(size + 1) * finder->words;
    for (int32_t w = 0; w < finder->words && finder->status == GPH_OK; w++)
        for (uint64_t rest = candidate[w]; rest != 0; rest &= rest - 1) {
            const int32_t node = 64 * w + __builtin_ctzll(rest);
            const uint64_t *row = finder->adjacent + (int64_t)node * finder->words;
            const uint64_t with = sum + spread((uint64_t)finder->graph->node_label[node] + 1);
            if (size + 1 >= GPH_GED_CLIQUE_LEAST)
                count_clique(finder, with, size + 1);
            if (size + 1 == CLIQUE_MOST)
                continue;
            for (int32_t i = 0; i < finder->words; i++)
                next[i] = candidate[i] & row[i];
            extend(finder, size + 1, with);
        }
}

static gph_status_t find(gph_env_t *env, finder_t *finder)
{
    gph_status_t status = GPH_OK;
    const gph_small_graph_t *graph = finder->graph;
    const int64_t words = finder->words;

    GPH_TRY(gph_calloc(env, graph->nodes * words, sizeof(uint64_t), &finder->adjacent));
    GPH_TRY(gph_calloc(env, (CLIQUE_MOST + 1) * words, sizeof(uint64_t), &finder->candidate));
    for (int32_t e = 0; e < graph->edges; e++) {
        const int32_t low = graph->from[e] < graph->to[e] ? graph->from[e] : graph->to[e];
        const int32_t high = graph->from[e] + graph->to[e] - low;
        if (low < high)
            finder->adjacent[low * words + high / 64] |= UINT64_C(1) << high % 64;
    }
    for (int32_t v = 0; v < graph->nodes; v++)
        finder->candidate[v / 64] |= UINT64_C(1) << v % 64;
    extend(finder, 0, 0);
    status = finder->status;

cleanup:
    return status;
}

gph_status_t gph_clique_counts_add(gph_env_t *env, const gph_small_graph_t *graph,
                                   gph_array_t *items)
{
    gph_status_t status = GPH_OK;
    const int64_t before = items->count;
    finder_t finder = {.graph = graph, .words = graph->nodes / 64 + 1, .counts = gph_map_init(env)};

    GPH_TRY(find(env, &finder));
    for (int64_t i = 0; i < finder.counts.capacity; i++) {
        const gph_pair_t item = {finder.counts.key[i], finder.counts.value[i]};
        if (item.a >= 0)
            GPH_TRY(gph_array_push(items, &item));
    }
    GPH_TRY(gph_sort_pairs(env, items->count - before, (gph_pair_t *)items->data + before, NULL));

cleanup:
    gph_free(finder.adjacent);
    gph_free(finder.candidate);
    gph_map_free(&finder.counts);
    return status;
}

void gph_clique_counts_compare(gph_clique_counts_t a, gph_clique_counts_t b,
                               int64_t mismatch[GPH_GED_CLIQUE_SIZES])
{
    int64_t i = 0;
    int64_t j = 0;
    memset(mismatch, 0, sizeof *mismatch * GPH_GED_CLIQUE_SIZES);
    while (i < a.count || j < b.count) {
        const bool left = j == b.count || (i < a.count && a.item[i].a <= b.item[j].a);
        const bool right = i == a.count || (j < b.count && b.item[j].a <= a.item[i].a);
        const int64_t key = left ? a.item[i].a : b.item[j].a;
        const int64_t more = (left ? a.item[i++].b : 0) - (right ? b.item[j++].b : 0);
        mismatch[key >> 61] += more < 0 ? -more : more;
    }
}

gph_status_t gph_ged_clique_mismatch(gph_context_t *context, const gph_small_graph_t *first,
                                     const gph_small_graph_t *second,
                                     int64_t mismatch[GPH_GED_CLIQUE_SIZES])
{
    gph_status_t status = GPH_OK;
    gph_array_t items[2] = {gph_array_init(context->env, sizeof(gph_pair_t)),
                            gph_array_init(context->env, sizeof(gph_pair_t))};

    GPH_TRY(gph_clique_counts_add(context->env, first, &items[0]));
    GPH_TRY(gph_clique_counts_add(context->env, second, &items[1]));
    gph_clique_counts_compare((gph_clique_counts_t){items[0].count, items[0].data},
                              (gph_clique_counts_t){items[1].count, items[1].data}, mismatch);

cleanup:
    gph_array_free(&items[0]);
    gph_array_free(&items[1]);
    return status;
}

/* --- collections ---------------------------------------------------------------------------- */

/* Counts the cliques of this rank's graphs; size[g] receives how many classes each has. */
static gph_status_t count_here(const gph_collection_t *collection, gph_array_t *items,
                               gph_array_t *sizes)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = collection->context;
    const int64_t count = collection->set.count;
    const int64_t end = gph_block_start(count, context->ranks, context->rank + 1);

    for (int64_t g = gph_block_start(count, context->ranks, context->rank); g < end; g++) {
        const int64_t before = items->count;
        GPH_TRY(gph_clique_counts_add(context->env, &collection->view[g], items));
        const int64_t size = items->count - before;
        GPH_TRY(gph_array_push(sizes, &size));
    }

cleanup:
    return status;
}

gph_status_t gph_clique_table_make(const gph_collection_t *collection, gph_clique_table_t *table)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = collection->context;
    const int64_t count = collection->set.count;
    gph_array_t items = gph_array_init(context->env, sizeof(gph_pair_t));
    gph_array_t sizes = gph_array_init(context->env, sizeof(int64_t));
    gph_clique_table_t made = {NULL, NULL};
    int64_t *size = NULL;
    int64_t total = 0;

    GPH_TRY_ALL(context, count_here(collection, &items, &sizes));
    GPH_TRY(gph_comm_concat_all(context, items.count, items.size, items.data, &made.item, &total));
    GPH_TRY(gph_comm_concat_all(context, sizes.count, sizes.size, sizes.data, &size, &total));
    GPH_TRY_ALL(context, gph_alloc(context->env, count + 1, sizeof *made.start, &made.start));
    made.start[0] = 0;
    for (int64_t g = 0; g < count; g++)
        made.start[g + 1] = made.start[g] + size[g];
    *table = made;
    made = (gph_clique_table_t){NULL, NULL};

cleanup:
    gph_array_free(&items);
    gph_array_free(&sizes);
    gph_free(size);
    gph_clique_table_free(&made);
    return status;
}

void gph_clique_table_free(gph_clique_table_t *table)
{
    gph_free(table->item);
    gph_free(table->start);
    *table = (gph_clique_table_t){NULL, NULL};
}
