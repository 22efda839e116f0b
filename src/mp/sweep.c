/* One sweep: boundary vertices, messages on their way, all others, messages in. */
#include "mp/sweep.h"

#include "dist/halo.h"
#include "par/comm.h"
#include "par/reduce.h"
#include "par/team.h"

#include <string.h>

/* Parts of a sweep's inside, between which MPI gets to move messages on. */
enum { PARTS = 8 };

/* --- room ----------------------------------------------------------------------------------- */

static int64_t max_degree(const gph_graph_t *graph)
{
    int64_t most = 0;
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        const int64_t degree = graph->offset[v + 1] - graph->offset[v];
        most = degree > most ? degree : most;
    }
    return most;
}

static gph_status_t make_threads(gph_mp_sweeper_t *sweeper)
{
    gph_status_t status = GPH_OK;
    const gph_mp_program_t *program = sweeper->program;
    const gph_context_t *context = sweeper->graph->context;
    const int64_t room = program->block == NULL ? max_degree(sweeper->graph) : 0;

    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *sweeper->thread, &sweeper->thread));
    for (int t = 0; t < context->threads; ++t) {
        gph_mp_thread_t *thread = &sweeper->thread[t];
        GPH_TRY(gph_alloc(context->env, (int64_t)program->sums * GPH_MP_BLOCK, sizeof *thread->term,
                          &thread->term));
        GPH_TRY(gph_alloc(context->env, room, program->state_size, &thread->neighbour));
    }

cleanup:
    return status;
}

/* Every sweep computes every vertex, so all new states replace all old ones at once. */
static bool replaces(const gph_mp_sweeper_t *sweeper)
{
    return sweeper->layout.vertex != NULL;
}

static gph_status_t make_room(gph_mp_sweeper_t *sweeper)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = sweeper->graph;
    gph_env_t *env = graph->context->env;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;

    GPH_TRY(gph_calloc(env, all, sweeper->program->state_size, &sweeper->state));
    GPH_TRY(gph_calloc(env, replaces(sweeper) ? all : graph->owned, sweeper->program->state_size,
                       &sweeper->next));
    GPH_TRY(gph_calloc(env, all, 1, &sweeper->changed));
    GPH_TRY(make_threads(sweeper));

cleanup:
    return status;
}

static gph_status_t start_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_mp_sweeper_t *sweeper = data;
    const gph_mp_program_t *program = sweeper->program;
    (void)thread;
    for (int64_t r = begin; r < end; ++r) {
        const gph_lid_t v = gph_mp_local(&sweeper->layout, (gph_lid_t)r);
        const gph_mp_vertex_t vertex = gph_mp_vertex(sweeper->graph, v);
        unsigned char *state = sweeper->state + (size_t)r * program->state_size;
        sweeper->changed[r] = program->start(program->data, &vertex, state);
        if (replaces(sweeper)) /* as in a sweep that changed everything */
            sweeper->changed[r] = 1;
    }
    return GPH_OK;
}

/* Every rank learns all first states of its ghosts, and which of them must be looked at. */
static gph_status_t tell_start(gph_mp_sweeper_t *sweeper)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = sweeper->graph;
    const size_t size = sweeper->program->state_size;
    unsigned char *told = NULL;

    if (graph->context->ranks == 1)
        return GPH_OK;
    GPH_TRY_ALL(graph->context,
                gph_alloc(graph->context->env, (int64_t)graph->owned + graph->ghosts, size, &told));
    gph_mp_sweeper_states(sweeper, told);
    GPH_TRY(gph_halo_update(graph, size, told));
    for (int64_t g = graph->owned; g < (int64_t)graph->owned + graph->ghosts; ++g)
        memcpy(sweeper->state + (size_t)gph_mp_place(&sweeper->layout, g) * size,
               told + (size_t)g * size, size);
    if (!replaces(sweeper)) /* else everything is looked at */
        GPH_TRY(gph_halo_update(graph, sizeof *sweeper->changed, sweeper->changed));

cleanup:
    gph_free(told);
    return status;
}

gph_status_t gph_mp_sweeper_init(const gph_graph_t *graph, const gph_mp_program_t *program,
                                 gph_mp_sweeper_t *sweeper)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    *sweeper = (gph_mp_sweeper_t){.graph = graph, .program = program};
    GPH_TRY(gph_mp_layout_init(graph, program->always, &sweeper->layout));
    GPH_TRY_ALL(context, make_room(sweeper));
    GPH_TRY(gph_mp_halo_init(graph, program->state_size, sweeper->layout.send, &sweeper->halo));
    GPH_TRY(gph_team_ranges(context, graph->owned, GPH_MP_BLOCK, start_range, sweeper));
    GPH_TRY(tell_start(sweeper));

cleanup:
    if (status != GPH_OK)
        gph_mp_sweeper_free(sweeper);
    return status;
}

void gph_mp_sweeper_free(gph_mp_sweeper_t *sweeper)
{
    for (int t = 0; sweeper->thread != NULL && t < sweeper->graph->context->threads; ++t) {
        gph_free(sweeper->thread[t].term);
        gph_free(sweeper->thread[t].neighbour);
    }
    gph_free(sweeper->thread);
    gph_free(sweeper->state);
    gph_free(sweeper->next);
    gph_free(sweeper->changed);
    gph_mp_halo_free(&sweeper->halo);
    gph_mp_layout_free(&sweeper->layout);
    *sweeper = (gph_mp_sweeper_t){0};
}

/* --- blocks --------------------------------------------------------------------------------- */

/** Blocks begin .. of one list, in one sweep. */
typedef struct pass {
    gph_mp_sweeper_t *sweeper;
    const gph_mp_list_t *list;
    int64_t begin; /* first block */
} pass_t;

/* Copies a state; the usual sizes without a call. */
static inline void copy_state(unsigned char *to, const unsigned char *from, size_t size)
{
    if (size == 8)
        memcpy(to, from, 8);
    else if (size == 4)
        memcpy(to, from, 4);
    else
        memcpy(to, from, size);
}

/* Runs a program of single vertices: neighbours' states are gathered for each. */
static void run_vertices(const gph_mp_sweeper_t *sweeper, const gph_mp_block_t *block)
{
    const gph_mp_program_t *program = sweeper->program;
    const size_t size = program->state_size;
    unsigned char *gathered = sweeper->thread[block->thread].neighbour;
    double term[GPH_MP_SUMS] = {0};
    for (int64_t i = 0; i < block->count; ++i) {
        const gph_lid_t v = gph_mp_block_vertex(block, i);
        const gph_mp_vertex_t vertex = gph_mp_vertex(sweeper->graph, gph_mp_block_local(block, v));
        const gph_lid_t *row = block->adjacent + block->offset[v];
        for (int64_t j = 0; j < vertex.degree; ++j)
            copy_state(gathered + (size_t)j * size, sweeper->state + (size_t)row[j] * size, size);
        copy_state(sweeper->next + (size_t)v * size, sweeper->state + (size_t)v * size, size);
        block->changed[v] = program->vertex(program->data, &vertex, gathered,
                                            block->weight ? block->weight + block->offset[v] : NULL,
                                            sweeper->next + (size_t)v * size, term);
        for (int s = 0; s < program->sums; ++s) {
            block->term[s * block->count + i] = term[s];
            term[s] = 0;
        }
    }
}

/* Sets the marks of a block to 0; returns whether any was set. */
static bool clear_marks(const gph_mp_block_t *block)
{
    bool any = false;
    if (block->vertex == NULL) {
        unsigned char *marks = block->changed + block->first;
        any = memchr(marks, 1, (size_t)block->count) != NULL;
        memset(marks, 0, (size_t)block->count);
        return any;
    }
    for (int64_t i = 0; i < block->count; ++i) {
        any = any || block->changed[block->vertex[i]] != 0;
        block->changed[block->vertex[i]] = 0;
    }
    return any;
}

static int64_t count_marks(const gph_mp_block_t *block)
{
    int64_t changed = 0;
    if (block->vertex == NULL)
        for (int64_t i = 0; i < block->count; ++i)
            changed += block->changed[block->first + i];
    else
        for (int64_t i = 0; i < block->count; ++i)
            changed += block->changed[block->vertex[i]];
    return changed;
}

/* States that stay are new ones, too, where all are replaced. */
static void keep_states(const gph_mp_sweeper_t *sweeper, const gph_mp_block_t *block)
{
    const size_t size = sweeper->program->state_size;
    for (int64_t i = 0; i < block->count; ++i) {
        const gph_lid_t v = gph_mp_block_vertex(block, i);
        if (block->changed[v] == 0)
            copy_state(sweeper->next + (size_t)v * size, sweeper->state + (size_t)v * size, size);
    }
}

static gph_mp_block_t block_of(const pass_t *pass, int64_t index, int thread)
{
    const gph_mp_sweeper_t *sweeper = pass->sweeper;
    const gph_mp_list_t *list = pass->list;
    const gph_graph_t *graph = sweeper->graph;
    const int64_t begin = list->start ? list->start[index] : index * GPH_MP_FEW;
    int64_t end = list->start ? list->start[index + 1] : begin + GPH_MP_FEW;
    end = end < list->count ? end : list->count;
    return (gph_mp_block_t){
        .graph = graph,
        .count = end - begin,
        .vertex = list->vertex ? list->vertex + begin : NULL,
        .first = list->first + (gph_lid_t)begin,
        .local = sweeper->layout.vertex,
        .offset = sweeper->layout.offset,
        .adjacent = sweeper->layout.adjacent,
        .weight = sweeper->layout.weight,
        .state = sweeper->state,
        .next = sweeper->next,
        .changed = sweeper->changed,
        .term = sweeper->thread[thread].term,
        .thread = thread,
    };
}

/* Adds terms, but for zeros at both ends: often there are no others. */
static void add_terms(gph_sum_t *sum, int64_t count, const double *term)
{
    while (count > 0 && *term == 0) {
        ++term;
        --count;
    }
    while (count > 0 && term[count - 1] == 0)
        --count;
    gph_sum_add_f64(sum, count, term);
}

static gph_status_t run_block(void *data, int64_t task, int thread)
{
    const pass_t *pass = data;
    gph_mp_sweeper_t *sweeper = pass->sweeper;
    const gph_mp_program_t *program = sweeper->program;
    const gph_mp_block_t block = block_of(pass, pass->begin + task, thread);
    const bool before = clear_marks(&block);
    if (program->sums > 0)
        memset(block.term, 0, (size_t)(program->sums * block.count) * sizeof *block.term);
    if (program->block != NULL)
        program->block(program->data, &block);
    else
        run_vertices(sweeper, &block);
    const int64_t changed = count_marks(&block);
    sweeper->thread[thread].changed += changed;
    /* With no change now or in the sweep before, both are the same already. */
    if (replaces(sweeper) && changed < block.count && (changed > 0 || before))
        keep_states(sweeper, &block);
    for (int s = 0; s < program->sums; ++s)
        add_terms(&sweeper->thread[thread].sum[s], block.count, block.term + s * block.count);
    return GPH_OK;
}

/* --- the sweep ------------------------------------------------------------------------------ */

static gph_status_t adopt_block(void *data, int64_t task, int thread)
{
    const pass_t *pass = data;
    gph_mp_sweeper_t *sweeper = pass->sweeper;
    const size_t size = sweeper->program->state_size;
    const gph_mp_block_t block = block_of(pass, task, thread);
    for (int64_t i = 0; i < block.count; ++i) {
        const gph_lid_t v = gph_mp_block_vertex(&block, i);
        if (sweeper->changed[v] != 0)
            copy_state(sweeper->state + (size_t)v * size, sweeper->next + (size_t)v * size, size);
    }
    return GPH_OK;
}

/* New states become the states, now that nobody looks at the old ones any more. */
static gph_status_t adopt(gph_mp_sweeper_t *sweeper, const gph_mp_work_t *work)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = sweeper->graph->context;
    unsigned char *old = sweeper->state;
    pass_t pass = {sweeper, &work->boundary, 0};
    if (replaces(sweeper)) {
        sweeper->state = sweeper->next;
        sweeper->next = old;
    } else {
        GPH_TRY(gph_team_run(context, pass.list->blocks, adopt_block, &pass));
        pass.list = &work->interior;
        GPH_TRY(gph_team_run(context, pass.list->blocks, adopt_block, &pass));
    }
    GPH_TRY(gph_mp_halo_finish(&sweeper->halo, old, sweeper->state, sweeper->changed));

cleanup:
    return status;
}

static gph_status_t compute(gph_mp_sweeper_t *sweeper, const gph_mp_work_t *work)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = sweeper->graph->context;
    pass_t pass = {sweeper, &work->boundary, 0};

    GPH_TRY(gph_team_run(context, work->boundary.blocks, run_block, &pass));
    GPH_TRY(gph_mp_halo_start(&sweeper->halo, sweeper->state, sweeper->next, sweeper->changed));
    pass.list = &work->interior;
    const int parts = sweeper->halo.requests > 0 ? PARTS : 1;
    for (int p = 0; p < parts; ++p) {
        pass.begin = gph_block_start(work->interior.blocks, parts, p);
        const int64_t end = gph_block_start(work->interior.blocks, parts, p + 1);
        GPH_TRY(gph_team_run(context, end - pass.begin, run_block, &pass));
        GPH_TRY(gph_mp_halo_poll(&sweeper->halo));
    }

cleanup:
    return status;
}

gph_status_t gph_mp_sweep(gph_mp_sweeper_t *sweeper, const gph_mp_work_t *work)
{
    gph_status_t status = GPH_OK;

    for (int t = 0; t < sweeper->graph->context->threads; ++t) {
        sweeper->thread[t].changed = 0;
        memset(sweeper->thread[t].sum, 0, sizeof sweeper->thread[t].sum);
    }
    GPH_TRY(compute(sweeper, work));
    GPH_TRY(adopt(sweeper, work));

cleanup:
    return status;
}

void gph_mp_sweeper_states(const gph_mp_sweeper_t *sweeper, void *states)
{
    const size_t size = sweeper->program->state_size;
    for (gph_lid_t v = 0; v < sweeper->graph->owned; ++v)
        copy_state((unsigned char *)states + (size_t)v * size,
                   sweeper->state + (size_t)gph_mp_place(&sweeper->layout, v) * size, size);
}

int64_t gph_mp_sweep_changes(const gph_mp_sweeper_t *sweeper)
{
    int64_t changed = 0;
    for (int t = 0; t < sweeper->graph->context->threads; ++t)
        changed += sweeper->thread[t].changed;
    return changed;
}

gph_status_t gph_mp_sweep_sums(gph_mp_sweeper_t *sweeper, double *sum)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = sweeper->graph->context;
    const int sums = sweeper->program->sums;
    gph_sum_t *total = sweeper->thread[0].sum;

    for (int t = 1; t < context->threads; ++t)
        for (int s = 0; s < sums; ++s)
            gph_sum_merge(&total[s], &sweeper->thread[t].sum[s]);
    if (sums > 0)
        GPH_TRY(gph_reduce_exact(context, sums, total));
    for (int s = 0; s < sums; ++s)
        sum[s] = gph_sum_f64(&total[s]);

cleanup:
    return status;
}
