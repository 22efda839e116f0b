/* Running over the levels of a graph. */
#include "dist/levels.h"

#include "base/array.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Additions below which one thread works alone. */
enum { ALONE_BELOW = 1 << 13 };

typedef struct run {
    const gph_levels_t *levels;
    size_t size;
    unsigned char *values;
    int64_t parts;
    int64_t work;
    gph_levels_body *body;
    void *data;
    int64_t group;    /**< that is at work */
    int64_t sent;     /**< entries of levels->send so far */
    int64_t received; /**< likewise */
    int64_t *count;   /**< [2 × ranks] to each rank, from each rank */
    gph_array_t out;  /**< values on their way */
    gph_array_t in;
} run_t;

static gph_status_t run_range(void *data, int64_t begin, int64_t end, int thread)
{
    gph_status_t status = GPH_OK;
    const run_t *run = data;
    const gph_lid_t *node = run->levels->order + run->levels->group[run->group];

    (void)thread;
    for (int64_t i = begin; i < end && status == GPH_OK; ++i)
        status = run->body(run->data, node[i / run->parts], i % run->parts);
    return status;
}

/* All groups of a step. Local. */
static gph_status_t run_step(run_t *run, int64_t step)
{
    gph_status_t status = GPH_OK;
    const gph_levels_t *levels = run->levels;

    for (; run->group < levels->groups && levels->step_of[run->group] == step; ++run->group) {
        const int64_t count =
            (levels->group[run->group + 1] - levels->group[run->group]) * run->parts;
        if (count < ALONE_BELOW / run->work + 2)
            GPH_TRY(run_range(run, 0, count, 0));
        else
            GPH_TRY(gph_team_ranges(levels->graph->context, count, ALONE_BELOW / run->work + 1,
                                    run_range, run));
    }

cleanup:
    return status;
}

/* Packs what is sent after a step, and makes room for what comes. Local. */
static gph_status_t pack(run_t *run, int64_t step, int64_t *arrivals)
{
    gph_status_t status = GPH_OK;
    const gph_levels_t *levels = run->levels;
    const int ranks = levels->graph->context->ranks;

    memset(run->count, 0, 2 * (size_t)ranks * sizeof *run->count);
    run->out.count = 0;
    for (; run->sent < levels->sends && levels->send[run->sent].step == step; ++run->sent) {
        const gph_levels_entry_t *entry = &levels->send[run->sent];
        run->count[entry->rank] += 1;
        GPH_TRY(gph_array_append(&run->out, run->values + (size_t)entry->local * run->size, 1));
    }
    *arrivals = run->received;
    while (*arrivals < levels->receives && levels->receive[*arrivals].step == step)
        run->count[ranks + levels->receive[(*arrivals)++].rank] += 1;
    GPH_TRY(gph_array_reserve(&run->in, *arrivals - run->received));

cleanup:
    return status;
}

/* Sends and receives the values of a step. Collective. */
static gph_status_t exchange(run_t *run, int64_t step)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = run->levels->graph->context;
    int64_t arrivals = 0;

    GPH_TRY_ALL(context, pack(run, step, &arrivals));
    GPH_TRY(gph_comm_exchange_known(context, run->size, run->out.data, run->count, run->in.data,
                                    run->count + context->ranks));
    for (int64_t i = 0; run->received < arrivals; ++i, ++run->received)
        memcpy(run->values + (size_t)run->levels->receive[run->received].local * run->size,
               (const unsigned char *)run->in.data + (size_t)i * run->size, run->size);

cleanup:
    return status;
}

gph_status_t gph_levels_run(const gph_levels_t *levels, size_t size, void *values, int64_t parts,
                            int64_t work, gph_levels_body *body, void *data)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = levels->graph->context;
    run_t run = {.levels = levels,
                 .size = size,
                 .values = values,
                 .parts = parts,
                 .work = work > 0 ? work : 1,
                 .body = body,
                 .data = data,
                 .out = gph_array_init(context->env, size),
                 .in = gph_array_init(context->env, size)};

    GPH_TRY_ALL(context, gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *run.count,
                                    &run.count));
    for (int64_t step = 0; step < levels->steps; ++step) {
        GPH_TRY_ALL(context, run_step(&run, step));
        if (step + 1 < levels->steps)
            GPH_TRY(exchange(&run, step));
    }

cleanup:
    gph_free(run.count);
    gph_array_free(&run.out);
    gph_array_free(&run.in);
    return status;
}
