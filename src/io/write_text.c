/* Writing text by offset: every rank finds the size of its rows, then writes them in their place.
 */
#include "io/scan.h"
#include "io/writers.h"
#include "par/comm.h"
#include "par/team.h"

/* Neighbours and rows worth a task. */
#define CHUNK_WORK (INT64_C(1) << 15)

/* Characters gathered before a write, a thread. */
#define WRITE_ROOM (INT64_C(1) << 20)

/* Cuts rows where the neighbours and rows so far reach a multiple of CHUNK_WORK. */
static gph_status_t cut_chunks(const gph_graph_t *graph, gph_text_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = plan->context->env;
    const int64_t most = (graph->offset[graph->owned] + graph->owned) / CHUNK_WORK + 2;

    GPH_TRY(gph_alloc(env, most + 1, sizeof *plan->row, &plan->row));
    GPH_TRY(gph_calloc(env, most + 1, sizeof *plan->at, &plan->at));
    plan->row[0] = 0;
    plan->chunks = 0;
    for (gph_lid_t i = 0; i < graph->owned; ++i) {
        const int64_t work = graph->offset[i + 1] + i + 1;
        const gph_lid_t begin = plan->row[plan->chunks];
        if (work - graph->offset[begin] - begin >= CHUNK_WORK)
            plan->row[++plan->chunks] = i + 1;
    }
    // The last chunk may be empty; on rank 0 it is still there, for what comes before the rows.
    plan->row[++plan->chunks] = graph->owned;

cleanup:
    return status;
}

void gph_text_plan_put(const gph_text_plan_t *plan, int64_t chunk, gph_text_out_t *out)
{
    out->position = plan->at[chunk];
    if (chunk == 0 && plan->context->rank == 0)
        plan->format->head(plan->labels, out);
    for (gph_lid_t i = plan->row[chunk]; i < plan->row[chunk + 1]; ++i)
        plan->format->row(plan->labels, i, out);
    if (plan->format->tail != NULL && chunk == plan->chunks - 1 &&
        plan->context->rank == plan->context->ranks - 1)
        plan->format->tail(plan->labels, out);
}

static gph_status_t measure_chunk(void *data, int64_t chunk, int thread)
{
    gph_text_plan_t *plan = data;
    gph_text_out_t out = {.numbers = plan->numbers};

    (void)thread;
    gph_text_plan_put(plan, chunk, &out);
    plan->at[chunk] = out.position;
    return GPH_OK;
}

/* From sizes of chunks to their positions over all ranks. */
static gph_status_t place_chunks(gph_text_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    int64_t mine = 0;
    int64_t at = 0;

    for (int64_t i = 0; i < plan->chunks; ++i)
        mine += plan->at[i];
    GPH_TRY(gph_comm_scan_i64(plan->context, 1, &mine, &at, &plan->total));
    for (int64_t i = 0; i < plan->chunks; ++i) {
        const int64_t size = plan->at[i];
        plan->at[i] = at;
        at += size;
    }
    plan->at[plan->chunks] = at;

cleanup:
    return status;
}

gph_status_t gph_text_plan_make(const gph_labels_t *labels, const gph_row_format_t *format,
                                gph_text_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = labels->graph->context;
    gph_text_plan_t made = {.context = context, .labels = labels, .format = format};

    GPH_TRY_ALL(context, gph_numbers_open(context->env, &made.numbers));
    GPH_TRY_ALL(context, cut_chunks(labels->graph, &made));
    // While sizes are measured every chunk begins at 0, as calloc() left it.
    GPH_TRY_ALL(context, gph_team_run(context, made.chunks, measure_chunk, &made));
    GPH_TRY(place_chunks(&made));
    *plan = made;
    made = (gph_text_plan_t){0};

cleanup:
    gph_text_plan_free(&made);
    return status;
}

void gph_text_plan_free(gph_text_plan_t *plan)
{
    gph_numbers_close(&plan->numbers);
    gph_free(plan->row);
    gph_free(plan->at);
    *plan = (gph_text_plan_t){0};
}

/* What the tasks of a plain write share. */
typedef struct plain_write {
    const gph_text_plan_t *plan;
    gph_outfile_t *file;
    char *buffer; /**< [threads × WRITE_ROOM] */
} plain_write_t;

static gph_status_t write_chunk(void *data, int64_t chunk, int thread)
{
    plain_write_t *write = data;
    gph_text_out_t out = {.begin = write->plan->at[chunk],
                          .end = write->plan->at[chunk + 1],
                          .buffer = write->buffer + thread * WRITE_ROOM,
                          .room = WRITE_ROOM,
                          .file = write->file,
                          .numbers = write->plan->numbers};

    gph_text_plan_put(write->plan, chunk, &out);
    return gph_put_flush(&out);
}

gph_status_t gph_write_plain(const gph_text_plan_t *plan, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = plan->context;
    plain_write_t write = {.plan = plan, .file = file};

    GPH_TRY_ALL(context, gph_alloc(context->env, context->threads, WRITE_ROOM, &write.buffer));
    GPH_TRY_ALL(context, gph_team_run(context, plan->chunks, write_chunk, &write));

cleanup:
    gph_free(write.buffer);
    return status;
}
