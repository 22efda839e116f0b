/* Partitions by ranges and by hash, and what all strategies share: tiles, their weights, parts. */
#include "dist/partition.h"

#include "base/random.h"
#include "dist/group.h"
#include "dist/halo.h"
#include "dist/scotch.h"
#include "par/comm.h"

#include <inttypes.h>

/* Stream of random numbers that vertices are dealt to tiles by; not the seed's business. */
enum { HASH_STREAM = 0x7061 };

static const char *const names[GPH_PARTITION_STRATEGIES] = {
    [GPH_PARTITION_BLOCK] = "block",
    [GPH_PARTITION_EDGE] = "edge",
    [GPH_PARTITION_HASH] = "hash",
    [GPH_PARTITION_SCOTCH] = "scotch",
};

gph_partition_options_t gph_partition_options_default(void)
{
    return (gph_partition_options_t){.strategy = GPH_PARTITION_EDGE};
}

const char *gph_partition_strategy_name(gph_partition_strategy_t strategy)
{
    return (unsigned)strategy < GPH_PARTITION_STRATEGIES ? names[strategy] : "unknown";
}

bool gph_partition_available(gph_partition_strategy_t strategy)
{
    return (unsigned)strategy < GPH_PARTITION_STRATEGIES &&
           (strategy != GPH_PARTITION_SCOTCH || gph_scotch_built());
}

void gph_partition_destroy(gph_partition_t **partition)
{
    if (partition == NULL || *partition == NULL)
        return;
    gph_free((*partition)->tile);
    gph_free((*partition)->vertices);
    gph_free((*partition)->cost);
    gph_free((*partition)->part);
    gph_free((*partition)->load);
    gph_free(*partition);
    *partition = NULL;
}

int64_t gph_partition_parts(const gph_partition_t *partition)
{
    return partition->parts;
}

int64_t gph_partition_tiles(const gph_partition_t *partition)
{
    int64_t filled = 0;
    for (int64_t t = 0; t < partition->tiles; ++t)
        filled += partition->vertices[t] > 0;
    return filled;
}

gph_status_t gph_partition_ranges(const gph_graph_t *graph, const int64_t *work, int64_t tiles,
                                  int32_t *tile)
{
    gph_status_t status = GPH_OK;
    int64_t sum = 0;
    int64_t before = 0;
    int64_t total = 0;

    for (gph_lid_t v = 0; v < graph->owned; ++v)
        sum += work[v];
    GPH_TRY(gph_comm_scan_i64(graph->context, 1, &sum, &before, &total));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        tile[v] = (int32_t)((gph_count_t)before * (gph_count_t)tiles / (gph_count_t)total);
        before += work[v];
    }

cleanup:
    return status;
}

/* Tiles of even numbers of vertices, or of even work. */
static gph_status_t tiles_by_ranges(gph_partition_t *partition)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = partition->graph;
    const bool edges = partition->strategy == GPH_PARTITION_EDGE;
    int64_t *work = NULL;

    GPH_TRY_ALL(graph->context, gph_alloc(graph->context->env, graph->owned, sizeof *work, &work));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        work[v] = edges ? gph_partition_work(graph, v) : 1;
    GPH_TRY(gph_partition_ranges(graph, work, partition->tiles, partition->tile));

cleanup:
    gph_free(work);
    return status;
}

/* The tiles that the graph was built with. */
static void tiles_of_graph(gph_partition_t *partition)
{
    const gph_graph_t *graph = partition->graph;
    const gph_tiles_t *tiles = &graph->tiles;
    int64_t at = tiles->rank_tile[graph->context->rank];
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        while (tiles->start[at + 1] <= graph->first + v)
            ++at;
        partition->tile[v] = (int32_t)at;
    }
}

static void tiles_by_hash(gph_partition_t *partition)
{
    const gph_graph_t *graph = partition->graph;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        partition->tile[v] =
            (int32_t)gph_random_below(gph_random_u64(0, HASH_STREAM, (uint64_t)(graph->first + v)),
                                      (uint64_t)partition->tiles);
}

/* @param quotient receives the graph of tiles where the strategy makes one */
static gph_status_t make_tiles(gph_partition_t *partition, gph_graph_t **quotient)
{
    switch (partition->strategy) {
    case GPH_PARTITION_SCOTCH:
        return gph_group(partition->graph, partition->tiles, partition->tile, quotient);
    case GPH_PARTITION_EDGE:
        if (partition->tiles != partition->graph->tiles.count)
            return tiles_by_ranges(partition);
        tiles_of_graph(partition);
        return GPH_OK;
    case GPH_PARTITION_HASH:
        tiles_by_hash(partition);
        return GPH_OK;
    default:
        return tiles_by_ranges(partition);
    }
}

/* Adds up the vertices and the work of tiles, and tells ghosts the tiles of their owners. */
static gph_status_t weigh_tiles(gph_partition_t *partition)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = partition->graph;
    gph_context_t *context = graph->context;

    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        partition->vertices[partition->tile[v]] += 1;
        partition->cost[partition->tile[v]] += gph_partition_work(graph, v);
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, partition->tiles, partition->vertices));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, partition->tiles, partition->cost));
    GPH_TRY(gph_halo_update(graph, sizeof *partition->tile, partition->tile));

cleanup:
    return status;
}

/* Gives parts consecutive tiles: each up to the boundary nearest to its even share of the work. */
static void share_tiles(gph_partition_t *partition)
{
    const int64_t *work =
        partition->strategy == GPH_PARTITION_BLOCK ? partition->vertices : partition->cost;
    int64_t total = 0;
    int64_t sum = 0;
    int64_t tile = 0;
    for (int64_t t = 0; t < partition->tiles; ++t)
        total += work[t];
    for (int64_t p = 0; p + 1 < partition->parts; ++p) {
        const int64_t target =
            (int64_t)((gph_count_t)total * (gph_count_t)(p + 1) / (gph_count_t)partition->parts);
        while (tile < partition->tiles && target - sum > sum + work[tile] - target) {
            sum += work[tile];
            partition->part[tile++] = (int32_t)p;
        }
    }
    for (; tile < partition->tiles; ++tile)
        partition->part[tile] = (int32_t)(partition->parts - 1);
}

static gph_status_t check(const gph_graph_t *graph, const gph_partition_options_t *options)
{
    gph_env_t *env = graph->context->env;
    if ((unsigned)options->strategy >= GPH_PARTITION_STRATEGIES)
        return gph_fail(env, GPH_ERR_USAGE, "partition: strategy %d is unknown",
                        (int)options->strategy);
    if (options->parts < 0 || options->parts > GPH_PARTS_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "partition: %" PRId64 " parts, not 1..%d",
                        options->parts, GPH_PARTS_MAX);
    if (options->tiles < 0 || options->tiles > GPH_PARTITION_TILES_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "partition: %" PRId64 " tiles, not 1..%d",
                        options->tiles, GPH_PARTITION_TILES_MAX);
    if (graph->origin != NULL)
        return gph_fail(env, GPH_ERR_USAGE,
                        "partition: the graph is placed already; partition the one as loaded");
    if (!gph_partition_available(options->strategy))
        return gph_fail(
            env, GPH_ERR_USAGE,
            "partition: strategy %s is not built in; build grapheme-hpc where Scotch is "
            "installed (Debian: libscotch-dev), or use block, edge or hash",
            names[options->strategy]);
    return GPH_OK;
}

static gph_status_t partition_init(const gph_graph_t *graph, const gph_partition_options_t *options,
                                   gph_partition_t *partition)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;

    partition->graph = graph;
    partition->strategy = options->strategy;
    partition->parts = options->parts > 0 ? options->parts : graph->context->ranks;
    partition->tiles = options->tiles > 0 ? options->tiles : GPH_PARTITION_TILES;
    if (partition->strategy == GPH_PARTITION_EDGE && options->tiles == 0)
        partition->tiles = graph->tiles.count;
    GPH_TRY(gph_alloc(env, all, sizeof *partition->tile, &partition->tile));
    GPH_TRY(gph_calloc(env, partition->tiles, sizeof *partition->vertices, &partition->vertices));
    GPH_TRY(gph_calloc(env, partition->tiles, sizeof *partition->cost, &partition->cost));
    GPH_TRY(gph_calloc(env, partition->tiles, sizeof *partition->part, &partition->part));

cleanup:
    return status;
}

gph_status_t gph_partition_create(const gph_graph_t *graph, const gph_partition_options_t *options,
                                  gph_partition_t **partition)
{
    gph_status_t status = GPH_OK;
    gph_partition_t *made = NULL;
    gph_graph_t *quotient = NULL;

    if (graph == NULL || options == NULL || partition == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    gph_phase_begin(context, "partition");
    GPH_TRY(gph_comm_same(context, "the number of parts", options->parts));
    GPH_TRY(gph_comm_same(context, "the number of tiles", options->tiles));
    GPH_TRY_ALL(context, check(graph, options));
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    GPH_TRY_ALL(context, partition_init(graph, options, made));
    GPH_TRY(make_tiles(made, &quotient));
    GPH_TRY(weigh_tiles(made));
    if (quotient != NULL)
        GPH_TRY(gph_scotch_place(quotient, made->parts, made->cost, made->part));
    else
        share_tiles(made);
    *partition = made;
    made = NULL;

cleanup:
    gph_phase_end(context);
    gph_graph_destroy(&quotient);
    gph_partition_destroy(&made);
    return status;
}
