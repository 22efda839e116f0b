/*
 * Communities by label propagation, as a program: every vertex begins with its own number and takes
 * the label that most of its neighbours have, the smallest of those (Raghavan, Albert & Kumara
 * 2007; synchronous, as in the benchmark LDBC Graphalytics, so that the outcome is unique).
 */
#include "mp/algorithms.h"
#include "mp/groups.h"
#include "mp/vertex.h"
#include "par/comm.h"

/* Sweeps when nobody says: labels of many graphs never settle. */
enum { SWEEPS = 10 };

/** A label being counted. */
typedef struct slot {
    int64_t label;
    int64_t count;
    int64_t turn; /* the count is of this turn */
} slot_t;

/** Table of one thread; as large as twice the longest row. */
typedef struct table {
    _Alignas(64) slot_t *slot; /* [mask + 1] */
    int64_t turn;
} table_t;

typedef struct labels {
    table_t *table; /* [threads] */
    uint64_t mask;  /* slots - 1 */
} labels_t;

static bool start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    (void)data;
    *(int64_t *)state = vertex->number;
    return true;
}

/* Counts a label once more. */
static int64_t count_label(const labels_t *labels, table_t *table, int64_t label)
{
    uint64_t at = ((uint64_t)label * UINT64_C(0x9e3779b97f4a7c15)) >> 20 & labels->mask;
    while (table->slot[at].turn == table->turn && table->slot[at].label != label)
        at = (at + 1) & labels->mask;
    slot_t *slot = &table->slot[at];
    if (slot->turn != table->turn)
        *slot = (slot_t){.label = label, .count = 0, .turn = table->turn};
    return ++slot->count;
}

static void block(void *data, const gph_mp_block_t *block)
{
    const labels_t *labels = data;
    table_t *table = &labels->table[block->thread];
    const int64_t *state = block->state;
    int64_t *next = block->next;
    for (int64_t i = 0; i < block->count; ++i) {
        const gph_lid_t v = gph_mp_block_vertex(block, i);
        const int64_t before = state[v];
        int64_t best = before;
        int64_t most = 0;
        table->turn += 1;
        for (gph_off_t j = block->offset[v]; j < block->offset[v + 1]; ++j) {
            const int64_t label = state[block->adjacent[j]];
            const int64_t count = count_label(labels, table, label);
            if (count > most || (count == most && label < best)) {
                most = count;
                best = label;
            }
        }
        next[v] = best;
        block->changed[v] = best != before;
    }
}

static gph_status_t make_tables(const gph_graph_t *graph, labels_t *labels)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = graph->context;
    int64_t most = 0;
    int64_t slots = 16;

    for (gph_lid_t v = 0; v < graph->owned; ++v)
        most = gph_mp_degree(graph, v) > most ? gph_mp_degree(graph, v) : most;
    while (slots < 2 * most)
        slots *= 2;
    labels->mask = (uint64_t)slots - 1;
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *labels->table, &labels->table));
    for (int t = 0; t < context->threads; ++t)
        GPH_TRY(
            gph_calloc(context->env, slots, sizeof *labels->table[t].slot, &labels->table[t].slot));

cleanup:
    return status;
}

static gph_status_t add_groups(const gph_graph_t *graph, const int64_t *label,
                               gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_pair_t *part = NULL;
    int64_t groups = 0;
    int64_t largest = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *part, &part));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        part[v] = (gph_pair_t){label[v], 1};
    GPH_TRY(gph_mp_count_groups(graph, graph->owned, part, &groups, &largest));
    gph_mp_result_fact_i64(result, "labels", groups);
    gph_mp_result_fact_i64(result, "largest", largest);

cleanup:
    gph_free(part);
    return status;
}

gph_status_t gph_mp_labels(const gph_graph_t *graph, const gph_mp_options_t *options,
                           gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    labels_t labels = {NULL, 0};
    const gph_mp_program_t program = {
        .state_size = sizeof(int64_t), .start = start, .block = block, .data = &labels};
    gph_mp_limits_t limits = options->limits;
    int64_t *label = NULL;

    limits.sweeps = limits.sweeps < 0 ? SWEEPS : limits.sweeps;
    gph_phase_begin(context, "labels");
    GPH_TRY_ALL(context, make_tables(graph, &labels));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *label, &label));
    GPH_TRY(gph_mp_run_whole(graph, &program, &limits, "labels", label, result));
    GPH_TRY(add_groups(graph, label, result));
    GPH_TRY(gph_mp_result_take(result, "label", GPH_MP_I64, &label));

cleanup:
    for (int t = 0; labels.table != NULL && t < context->threads; ++t)
        gph_free(labels.table[t].slot);
    gph_free(labels.table);
    gph_free(label);
    return status;
}
