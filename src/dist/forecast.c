/* Forecasts from what parts hold and say. */
#include "gph/dist_forecast.h"

#include "base/array.h"
#include "dist/partition.h"
#include "io/file.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
    VALUE = 8,       /* bytes of a state of PageRank */
    HEAD = 8,        /* bytes of a message before its states */
    SUM_BYTES = 296, /* that a sweep adds up over all ranks: an exact sum, two counts */
    SUM_STEPS = 2    /* reductions of a sweep */
};

gph_machine_t gph_machine_default(void)
{
    return (gph_machine_t){.latency = 2e-6, .bandwidth = 1e10, .rate = 5e8};
}

/* Bytes that a rank holds of a graph: src/graph/graph.h, field by field. */
static int64_t graph_bytes(const gph_partition_t *partition, const gph_part_load_t *load)
{
    const gph_graph_t *graph = partition->graph;
    const bool renumbered =
        partition->strategy == GPH_PARTITION_HASH || partition->strategy == GPH_PARTITION_SCOTCH;
    const int64_t all = load->vertices + load->ghosts;
    int64_t bytes = 8 * (load->vertices + 1) + 4 * load->arcs; /* offset, adjacent */
    bytes += graph->weight ? 8 * load->arcs : 0;
    bytes += 8 * load->ghosts + 4 * load->sent; /* ghost, halo_send */
    bytes += graph->id ? 8 * load->vertices : 0;
    bytes += renumbered ? 8 * all : 0;                            /* origin */
    bytes += 16 * partition->parts;                               /* halo counts */
    bytes += 16 * partition->tiles + 16 * (partition->parts + 1); /* tiles */
    return bytes;
}

/* Bytes of PageRank: ranks; states and new ones, marks; vertices renumbered with their rows and
 * what they send; messages both ways. */
static int64_t pagerank_bytes(const gph_partition_t *partition, const gph_part_load_t *load)
{
    const int64_t all = load->vertices + load->ghosts;
    const int64_t value = VALUE;
    return value * (load->vertices + 2 * all) + all + 12 * load->vertices + 4 * all +
           4 * load->arcs + 4 * load->sent + value * (load->sent + load->ghosts) +
           2 * (int64_t)HEAD * load->partners + 40 * partition->parts;
}

gph_forecast_rank_t gph_forecast_rank(const gph_partition_t *partition,
                                      const gph_machine_t *machine, int64_t part)
{
    const gph_part_load_t *load = &partition->load[part];
    gph_forecast_rank_t rank = {
        .work = load->vertices + load->arcs,
        .messages = load->partners,
        .sent = VALUE * load->sent + HEAD * load->partners,
        .received = VALUE * load->ghosts + HEAD * load->partners,
        .memory = graph_bytes(partition, load) + pagerank_bytes(partition, load),
    };
    const int64_t most = rank.sent > rank.received ? rank.sent : rank.received;
    rank.compute = (double)rank.work / machine->rate;
    rank.talk = machine->latency * (double)rank.messages + (double)most / machine->bandwidth;
    return rank;
}

static void add_rank(gph_forecast_t *forecast, const gph_forecast_rank_t *rank)
{
    forecast->idle += rank->work == 0;
    forecast->messages += rank->messages;
    forecast->bytes += rank->sent;
    forecast->memory += rank->memory;
    if (rank->work > forecast->max_work)
        forecast->max_work = rank->work;
    if (rank->messages > forecast->max_messages)
        forecast->max_messages = rank->messages;
    if (rank->sent > forecast->max_bytes)
        forecast->max_bytes = rank->sent;
    if (rank->memory > forecast->max_memory)
        forecast->max_memory = rank->memory;
    if (rank->compute + rank->talk > forecast->compute + forecast->talk) {
        forecast->compute = rank->compute;
        forecast->talk = rank->talk;
    }
}

static gph_status_t check_machine(gph_env_t *env, const gph_machine_t *machine)
{
    if (machine->latency > 0 && machine->bandwidth > 0 && machine->rate > 0)
        return GPH_OK;
    return gph_fail(env, GPH_ERR_USAGE,
                    "forecast: latency, bandwidth and rate must be above 0, not %g, %g and %g",
                    machine->latency, machine->bandwidth, machine->rate);
}

gph_status_t gph_forecast_pagerank(gph_partition_t *partition, const gph_machine_t *machine,
                                   gph_forecast_t *forecast)
{
    gph_status_t status = GPH_OK;
    const gph_part_load_t *loads = NULL;

    if (partition == NULL || machine == NULL || forecast == NULL)
        return GPH_ERR_USAGE;
    const gph_graph_t *graph = partition->graph;
    gph_forecast_t made = {.ranks = partition->parts};
    GPH_TRY_ALL(graph->context, check_machine(graph->context->env, machine));
    GPH_TRY(gph_partition_loads(partition, &loads));
    for (int64_t p = 0; p < partition->parts; ++p) {
        const gph_forecast_rank_t rank = gph_forecast_rank(partition, machine, p);
        add_rank(&made, &rank);
    }
    const double steps = ceil(log2((double)partition->parts));
    made.reduce = steps * (SUM_STEPS * machine->latency + SUM_BYTES / machine->bandwidth);
    made.seconds = made.compute + made.talk + made.reduce;
    const double alone = (double)(graph->vertices + 2 * graph->edges) / machine->rate;
    made.speedup = made.seconds > 0 ? alone / made.seconds : 1;
    *forecast = made;

cleanup:
    return status;
}

/* Local. A line for each part. */
static gph_status_t format_ranks(const gph_partition_t *partition, const gph_machine_t *machine,
                                 gph_array_t *text)
{
    static const char head[] =
        "rank\tvertices\tneighbours\tghosts\tmessages\tsent\treceived\tmemory\tcompute\ttalk\n";
    char line[256] = "";
    gph_status_t status = gph_array_append(text, head, (int64_t)sizeof head - 1);
    for (int64_t p = 0; status == GPH_OK && p < partition->parts; ++p) {
        const gph_part_load_t *load = &partition->load[p];
        const gph_forecast_rank_t rank = gph_forecast_rank(partition, machine, p);
        const int length = snprintf(line, sizeof line,
                                    "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64
                                    "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%.6g\t%.6g\n",
                                    p, load->vertices, load->arcs, load->ghosts, rank.messages,
                                    rank.sent, rank.received, rank.memory, rank.compute, rank.talk);
        status = gph_array_append(text, line, length);
    }
    return status;
}

/* Rank 0 writes: the text is short, and the same everywhere. */
static gph_status_t write_ranks(const gph_partition_t *partition, const gph_machine_t *machine,
                                gph_outfile_t *file)
{
    gph_context_t *context = partition->graph->context;
    gph_array_t text = gph_array_init(context->env, 1);
    gph_status_t status = GPH_OK;
    if (context->rank == 0)
        status = format_ranks(partition, machine, &text);
    if (status == GPH_OK && context->rank == 0)
        status = gph_outfile_write(file, 0, text.data, text.count);
    gph_array_free(&text);
    return gph_comm_agree(context, status);
}

gph_status_t gph_forecast_save(gph_partition_t *partition, const gph_machine_t *machine,
                               const char *path)
{
    gph_status_t status = GPH_OK;
    const gph_part_load_t *loads = NULL;
    gph_outfile_t *file = NULL;

    if (partition == NULL || machine == NULL || path == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = partition->graph->context;
    GPH_TRY_ALL(context, check_machine(context->env, machine));
    GPH_TRY(gph_partition_loads(partition, &loads));
    GPH_TRY(gph_outfile_create(context, path, &file));
    status = gph_outfile_commit(&file, write_ranks(partition, machine, file));

cleanup:
    return status;
}
