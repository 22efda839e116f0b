/* PageRank as a program of blocks: a state is what a vertex gives to each of its neighbours.
 * Vertices without neighbours all have the same rank, which is kept once. */
#include "mp/algorithms.h"
#include "mp/vertex.h"
#include "par/comm.h"

#include <math.h>

typedef struct pagerank {
    double damping;
    double tolerance;
    double vertices;  /* n */
    double lone;      /* vertices without neighbours */
    double lone_rank; /* rank of each of them */
    double base;      /* what each vertex gets in the next sweep from teleports and lone vertices */
    double residual;  /* of the last sweep */
} pagerank_t;

/* Sweeps when nobody says; entries of rows by which states are asked for before they are needed. */
enum { SWEEPS = 1000, AHEAD = 128 };

/* Equal ranks times their number, rounded once: the same as their exact sum. */
static void set_base(pagerank_t *pagerank)
{
    const double lone = pagerank->lone * pagerank->lone_rank;
    pagerank->base = (1 - pagerank->damping + pagerank->damping * lone) / pagerank->vertices;
}

static bool start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    const pagerank_t *pagerank = data;
    const double rank = 1 / pagerank->vertices;
    *(double *)state = vertex->degree > 0 ? rank / (double)vertex->degree : rank;
    return true;
}

/* Sum over a row in four lanes, so that one addition need not wait for the one before; the order is
 * that of the row, so it is always the same. Rows follow each other, so `later`, the entries AHEAD
 * of the row, mostly tells which states the next rows need. */
static double sum_row(const double *state, const gph_lid_t *row, const gph_lid_t *later,
                      int64_t length)
{
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int64_t i = 0;
    for (; i + 4 <= length; i += 4) {
        __builtin_prefetch(&state[later[i]]);
        __builtin_prefetch(&state[later[i + 1]]);
        __builtin_prefetch(&state[later[i + 2]]);
        __builtin_prefetch(&state[later[i + 3]]);
        a += state[row[i]];
        b += state[row[i + 1]];
        c += state[row[i + 2]];
        d += state[row[i + 3]];
    }
    for (int64_t j = i; j < length; ++j)
        __builtin_prefetch(&state[later[j]]);
    if (i < length)
        a += state[row[i]];
    if (i + 1 < length)
        b += state[row[i + 1]];
    if (i + 2 < length)
        c += state[row[i + 2]];
    return (a + b) + (c + d);
}

static void block(void *data, const gph_mp_block_t *block)
{
    const pagerank_t *pagerank = data;
    const double base = pagerank->base;
    const double damping = pagerank->damping;
    const gph_off_t *offset = block->offset;
    const double *restrict state = block->state;
    double *restrict next = block->next;
    double *restrict term = block->term;
    unsigned char *restrict changed = block->changed;
    const gph_off_t last = offset[gph_mp_owned(block->graph)] - AHEAD;
    for (int64_t i = 0; i < block->count; ++i) {
        const gph_lid_t v = gph_mp_block_vertex(block, i);
        const int64_t degree = offset[v + 1] - offset[v];
        if (degree == 0)
            continue;
        const gph_lid_t *row = block->adjacent + offset[v];
        const gph_lid_t *later = offset[v + 1] <= last ? row + AHEAD : row;
        const double rank = base + damping * sum_row(state, row, later, degree);
        const double before = state[v];
        const double now = rank / (double)degree;
        next[v] = now;
        term[i] = fabs(rank - before * (double)degree);
        changed[v] = now != before;
    }
}

static bool after(void *data, int64_t sweep, const double *sum)
{
    pagerank_t *pagerank = data;
    (void)sweep;
    pagerank->residual = sum[0] + pagerank->lone * fabs(pagerank->base - pagerank->lone_rank);
    pagerank->lone_rank = pagerank->base;
    set_base(pagerank);
    return pagerank->residual < pagerank->tolerance;
}

/* The first base: all ranks are 1/n. */
static gph_status_t first_base(const gph_graph_t *graph, pagerank_t *pagerank)
{
    int64_t lone = 0;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        lone += gph_mp_degree(graph, v) == 0;
    const gph_status_t status = gph_comm_reduce_i64(graph->context, GPH_SUM, 1, &lone);
    pagerank->lone = (double)lone;
    pagerank->lone_rank = 1 / pagerank->vertices;
    set_base(pagerank);
    return status;
}

gph_status_t gph_mp_pagerank(const gph_graph_t *graph, const gph_mp_options_t *options,
                             gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    pagerank_t pagerank = {.damping = options->damping,
                           .tolerance = options->tolerance,
                           .vertices = (double)graph->vertices};
    const gph_mp_program_t program = {.state_size = sizeof(double),
                                      .start = start,
                                      .block = block,
                                      .after = after,
                                      .sums = 1,
                                      .always = true,
                                      .data = &pagerank};
    double *rank = NULL;
    gph_mp_limits_t limits = options->limits;

    limits.sweeps = limits.sweeps < 0 ? SWEEPS : limits.sweeps;
    gph_phase_begin(context, "pagerank");
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *rank, &rank));
    GPH_TRY(first_base(graph, &pagerank));
    GPH_TRY(gph_mp_run_whole(graph, &program, &limits, "pagerank", rank, result));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        const int64_t degree = gph_mp_degree(graph, v);
        rank[v] = degree > 0 ? rank[v] * (double)degree : pagerank.lone_rank;
    }
    GPH_TRY(gph_mp_result_take(result, "rank", GPH_MP_F64, &rank));
    gph_mp_result_fact_f64(result, "residual", pagerank.residual);

cleanup:
    gph_free(rank);
    return status;
}
