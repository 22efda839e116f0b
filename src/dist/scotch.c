/* The graph of tiles on rank 0, thinned out, and Scotch on it. */
#include "dist/scotch.h"

#ifdef GPH_HAVE_SCOTCH

#include "base/sort.h"
#include "par/comm.h"

#include <stdio.h> /* scotch.h wants it */
#include <stdlib.h>

#include <scotch.h>

enum {
    EDGES_KEPT = 64,     /* of a tile, the heaviest */
    EDGES_ALL = 1 << 21, /* or fewer, so that all tiles together keep about so many */
    EDGES_LEAST = 8,
    SEED = 1
};

/* Sums of weights that Scotch is given stay below: its numbers may have 32 bits. */
static const double heaviest = 1 << 30;

/* Imbalance of work that Scotch may use for a better cut. */
static const double imbalance = 0.02;

/* Scotch reports failures by these two, which it leaves to the program. Its status is enough. */
GPH_API void SCOTCH_errorPrint(const char *const format, ...)
{
    (void)format;
}

GPH_API void SCOTCH_errorPrintW(const char *const format, ...)
{
    (void)format;
}

bool gph_scotch_built(void)
{
    return true;
}

/* An edge of the graph of tiles. */
typedef struct link {
    gph_pair_t ends;
    double weight;
} link_t;

static int compare_links(const void *a, const void *b)
{
    const link_t *x = a;
    const link_t *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->ends.b < y->ends.b ? -1 : 1;
}

/* Local. The heaviest edges of each tile that this rank holds. */
static gph_status_t thin_out(const gph_graph_t *quotient, link_t **links, int64_t *count)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = quotient->context->env;
    int64_t most = quotient->vertices > 0 ? EDGES_ALL / quotient->vertices : EDGES_KEPT;
    link_t *row = NULL;
    int64_t longest = 0;

    most = most > EDGES_KEPT ? EDGES_KEPT : most < EDGES_LEAST ? EDGES_LEAST : most;
    for (gph_lid_t v = 0; v < quotient->owned; ++v) {
        const int64_t length = quotient->offset[v + 1] - quotient->offset[v];
        longest = length > longest ? length : longest;
    }
    GPH_TRY(gph_alloc(env, longest, sizeof *row, &row));
    GPH_TRY(gph_alloc(env, most * quotient->owned, sizeof **links, links));
    *count = 0;
    for (gph_lid_t v = 0; v < quotient->owned; ++v) {
        int64_t length = 0;
        for (gph_off_t i = quotient->offset[v]; i < quotient->offset[v + 1]; ++i)
            row[length++] =
                (link_t){{quotient->first + v, gph_graph_gid(quotient, quotient->adjacent[i])},
                         quotient->weight[i]};
        qsort(row, (size_t)length, sizeof *row, compare_links);
        for (int64_t i = 0; i < length && i < most; ++i)
            (*links)[(*count)++] = row[i];
    }

cleanup:
    gph_free(row);
    return status;
}

/* Brings the links of all ranks to rank 0. */
static gph_status_t gather(gph_context_t *context, const link_t *mine, int64_t count, link_t **all,
                           int64_t *total)
{
    gph_status_t status = GPH_OK;
    int64_t *counts = NULL; /* [2 × ranks] */

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *counts, &counts));
    counts[0] = count;
    GPH_TRY(gph_comm_exchange(context, sizeof *mine, mine, counts, all, counts + context->ranks));
    *total = 0;
    for (int r = 0; r < context->ranks; ++r)
        *total += counts[context->ranks + r];

cleanup:
    gph_free(counts);
    return status;
}

/* The arrays that Scotch reads. */
typedef struct arrays {
    SCOTCH_Num tiles;
    SCOTCH_Num arcs;
    SCOTCH_Num *offset; /* [tiles + 1] */
    SCOTCH_Num *cost;   /* [tiles] */
    SCOTCH_Num *target; /* [arcs] */
    SCOTCH_Num *weight; /* [arcs] */
    SCOTCH_Num *part;   /* [tiles] */
} arrays_t;

static void arrays_free(arrays_t *arrays)
{
    gph_free(arrays->offset);
    gph_free(arrays->cost);
    gph_free(arrays->target);
    gph_free(arrays->weight);
    gph_free(arrays->part);
}

/* Factor that brings a sum of weights down to what Scotch takes. */
static double scale_of(double sum)
{
    return sum > heaviest ? heaviest / sum : 1.0;
}

static SCOTCH_Num scaled(double weight, double scale)
{
    const double value = weight * scale;
    return value < 1 && weight > 0 ? 1 : (SCOTCH_Num)value;
}

/* Both directions of the links, sorted; a link that both ends kept is one. */
static gph_status_t fill_arcs(gph_env_t *env, const link_t *links, int64_t count, arrays_t *arrays)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *pairs = NULL;
    double *weight = NULL;
    double sum = 0;

    GPH_TRY(gph_alloc(env, 2 * count, sizeof *pairs, &pairs));
    GPH_TRY(gph_alloc(env, 2 * count, sizeof *weight, &weight));
    for (int64_t i = 0; i < count; ++i) {
        pairs[2 * i] = links[i].ends;
        pairs[2 * i + 1] = (gph_pair_t){links[i].ends.b, links[i].ends.a};
        weight[2 * i] = weight[2 * i + 1] = links[i].weight;
        sum += 2 * links[i].weight;
    }
    const double scale = scale_of(sum);
    GPH_TRY(gph_sort_pairs(env, 2 * count, pairs, weight));
    GPH_TRY(gph_alloc(env, 2 * count, sizeof *arrays->target, &arrays->target));
    GPH_TRY(gph_alloc(env, 2 * count, sizeof *arrays->weight, &arrays->weight));
    for (int64_t i = 0; i < 2 * count; ++i) {
        if (i > 0 && pairs[i].a == pairs[i - 1].a && pairs[i].b == pairs[i - 1].b)
            continue;
        arrays->offset[pairs[i].a + 1] += 1;
        arrays->target[arrays->arcs] = (SCOTCH_Num)pairs[i].b;
        arrays->weight[arrays->arcs++] = scaled(weight[i], scale);
    }
    for (SCOTCH_Num t = 0; t < arrays->tiles; ++t)
        arrays->offset[t + 1] += arrays->offset[t];

cleanup:
    gph_free(pairs);
    gph_free(weight);
    return status;
}

static gph_status_t arrays_make(gph_env_t *env, int64_t tiles, const int64_t *cost,
                                const link_t *links, int64_t count, arrays_t *arrays)
{
    gph_status_t status = GPH_OK;
    double sum = 0;

    arrays->tiles = (SCOTCH_Num)tiles;
    GPH_TRY(gph_calloc(env, tiles + 1, sizeof *arrays->offset, &arrays->offset));
    GPH_TRY(gph_alloc(env, tiles, sizeof *arrays->cost, &arrays->cost));
    GPH_TRY(gph_alloc(env, tiles, sizeof *arrays->part, &arrays->part));
    for (int64_t t = 0; t < tiles; ++t)
        sum += (double)cost[t];
    for (int64_t t = 0; t < tiles; ++t)
        arrays->cost[t] = scaled((double)cost[t], scale_of(sum));
    GPH_TRY(fill_arcs(env, links, count, arrays));

cleanup:
    return status;
}

/* Scotch itself: nonzero when it fails. */
static int call_scotch(arrays_t *a, SCOTCH_Num parts)
{
    SCOTCH_Context context;
    SCOTCH_Graph graph;
    SCOTCH_Graph bound;
    SCOTCH_Strat strat;
    int failed = SCOTCH_contextInit(&context) != 0;
    if (failed)
        return failed;
    SCOTCH_contextRandomSeed(&context, SEED);
    SCOTCH_contextRandomReset(&context);
    failed = SCOTCH_contextThreadSpawn(&context, 1, NULL) != 0 ||
             SCOTCH_contextOptionSetNum(&context, SCOTCH_OPTIONNUMDETERMINISTIC, 1) != 0;
    (void)SCOTCH_graphInit(&graph);
    (void)SCOTCH_graphInit(&bound);
    (void)SCOTCH_stratInit(&strat);
    failed = failed ||
             SCOTCH_graphBuild(&graph, 0, a->tiles, a->offset, NULL, a->cost, NULL, a->arcs,
                               a->target, a->weight) != 0 ||
             SCOTCH_contextBindGraph(&context, &graph, &bound) != 0 ||
             SCOTCH_stratGraphMapBuild(&strat, SCOTCH_STRATBALANCE, parts, imbalance) != 0 ||
             SCOTCH_graphPart(&bound, parts, &strat, a->part) != 0;
    SCOTCH_stratExit(&strat);
    SCOTCH_graphExit(&bound);
    SCOTCH_graphExit(&graph);
    SCOTCH_contextExit(&context);
    return failed;
}

/* Rank 0. */
static gph_status_t place(gph_env_t *env, int64_t tiles, int64_t parts, const int64_t *cost,
                          const link_t *links, int64_t count, int32_t *part)
{
    gph_status_t status = GPH_OK;
    arrays_t arrays = {0};

    GPH_TRY(arrays_make(env, tiles, cost, links, count, &arrays));
    if (call_scotch(&arrays, (SCOTCH_Num)parts) != 0)
        GPH_TRY(gph_fail(env, GPH_ERR_SYSTEM,
                         "Scotch failed to place %lld tiles on %lld parts; it may lack memory",
                         (long long)tiles, (long long)parts));
    for (int64_t t = 0; t < tiles; ++t)
        part[t] = (int32_t)arrays.part[t];

cleanup:
    arrays_free(&arrays);
    return status;
}

gph_status_t gph_scotch_place(const gph_graph_t *quotient, int64_t parts, const int64_t *cost,
                              int32_t *part)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = quotient->context;
    const int64_t tiles = quotient->vertices;
    link_t *mine = NULL;
    link_t *all = NULL;
    int64_t count = 0;
    int64_t total = 0;

    GPH_TRY_ALL(context, thin_out(quotient, &mine, &count));
    GPH_TRY(gather(context, mine, count, &all, &total));
    if (context->rank == 0)
        status = place(context->env, tiles, parts, cost, all, total, part);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_bcast(context, 0, tiles * (int64_t)sizeof *part, part));

cleanup:
    gph_free(mine);
    gph_free(all);
    return status;
}

#else

bool gph_scotch_built(void)
{
    return false;
}

gph_status_t gph_scotch_place(const gph_graph_t *quotient, int64_t parts, const int64_t *cost,
                              int32_t *part)
{
    (void)parts;
    (void)cost;
    (void)part;
    return gph_fail(quotient->context->env, GPH_ERR_USAGE, "Scotch is not built in");
}

#endif
