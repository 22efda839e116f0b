/*
 * The listing pass. Counts of tiles tell where every row stands, so a round takes the next rows of
 * the whole list, cuts them evenly over the ranks, and each rank writes its stretch with all
 * threads.
 */
#include "clique/list.h"

#include "base/sort.h"
#include "clique/enumerate.h"
#include "par/comm.h"

/* Bytes of rows that a rank makes in a round, and rows of a thread's task. */
enum { ROUND_BYTES = 64 << 20, TASK_ROWS = 1 << 15 };

typedef struct lister {
    gph_clique_job_t *job;
    int64_t *tile_row; /* [tiles + 1] number of the first row of each tile */
    int64_t *rows;     /* [room × k] rows of this round */
    int64_t room;      /* rows a rank makes in a round */
    int64_t begin;     /* first row of rows[] */
    /* Rows the threads work on now: those of the tiles in the open block. */
    int64_t from;
    int64_t to;
} lister_t;

/* Rows from..to-1 of one task, tile by tile. */
static gph_status_t list_task(void *data, int64_t task, int thread)
{
    lister_t *lister = data;
    gph_clique_job_t *job = lister->job;
    const int64_t tiles = job->dag.tiles.count;
    int64_t row = lister->from + task * TASK_ROWS;
    const int64_t end = lister->to - row < TASK_ROWS ? lister->to : row + TASK_ROWS;
    int64_t tile = gph_find_range(lister->tile_row, tiles, row);

    for (; row < end; ++tile) {
        const int64_t tile_end = lister->tile_row[tile + 1];
        const int64_t want = (tile_end < end ? tile_end : end) - row;
        if (want <= 0)
            continue;
        const int64_t got =
            gph_clique_enumerate(&job->dag, &job->space[thread], tile, row - lister->tile_row[tile],
                                 want, lister->rows + (row - lister->begin) * job->options->k);
        if (got != want)
            return gph_fail(job->context->env, GPH_ERR_INTERNAL,
                            "tile %lld listed fewer cliques than it counted", (long long)tile);
        row += want;
    }
    return GPH_OK;
}

/* Rows begin..end-1 of the whole list into lister->rows: blocks from the last to the first. Local.
 */
static gph_status_t list_stretch(lister_t *lister, int64_t begin, int64_t end)
{
    gph_status_t status = GPH_OK;
    gph_clique_job_t *job = lister->job;
    const bool keep = job->context->ranks == 1;
    int64_t high = 0;
    int64_t low = 0;

    if (begin >= end)
        return GPH_OK;
    lister->begin = begin;
    low = gph_find_range(lister->tile_row, job->dag.tiles.count, begin);
    high = gph_find_range(lister->tile_row, job->dag.tiles.count, end - 1) + 1;
    while (high > low && status == GPH_OK) {
        int64_t first = low;
        /* One rank keeps the block of everything for all rounds. */
        if (job->space == NULL)
            GPH_TRY(gph_clique_window_open(job, NULL, low, high, GPH_BLOCK_IDS, &first));
        lister->from = lister->tile_row[first] > begin ? lister->tile_row[first] : begin;
        lister->to = lister->tile_row[high] < end ? lister->tile_row[high] : end;
        status = gph_pool_team(job->pool, (lister->to - lister->from + TASK_ROWS - 1) / TASK_ROWS,
                               list_task, lister);
        if (!keep)
            gph_clique_window_close(job);
        high = first;
    }

cleanup:
    return status;
}

gph_status_t gph_clique_list_check(const gph_clique_job_t *job)
{
    char text[GPH_COUNT_CHARS];
    if (job->total <= (gph_count_t)(INT64_MAX / 8 / job->options->k))
        return GPH_OK;
    return gph_fail(job->context->env, GPH_ERR_USAGE,
                    "a list of %s cliques is too long; count them, or choose another k",
                    gph_count_format(job->total, text));
}

static gph_status_t number_rows(lister_t *lister)
{
    const gph_clique_job_t *job = lister->job;
    const int64_t tiles = job->dag.tiles.count;
    const gph_status_t status =
        gph_alloc(job->context->env, tiles + 1, sizeof *lister->tile_row, &lister->tile_row);
    if (status != GPH_OK)
        return status;
    lister->tile_row[0] = 0;
    for (int64_t t = 0; t < tiles; ++t)
        lister->tile_row[t + 1] = lister->tile_row[t] + (int64_t)job->tile_count[t];
    return GPH_OK;
}

/* Room for the rows of a round, or of all rounds at once: the same on all ranks. */
static gph_status_t make_room(lister_t *lister, bool at_once)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = lister->job->context;
    const int64_t row_bytes = 8 * (int64_t)lister->job->options->k;
    int64_t bytes = gph_mem_left(context->env) / 4;
    int64_t share = ((int64_t)lister->job->total + context->ranks - 1) / context->ranks;

    bytes = bytes > ROUND_BYTES ? ROUND_BYTES : bytes;
    lister->room = bytes / row_bytes > 0 ? bytes / row_bytes : 1;
    lister->room = at_once || lister->room > share ? share : lister->room;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &lister->room));
    GPH_TRY_ALL(context, gph_alloc(context->env, lister->room, (size_t)row_bytes, &lister->rows));

cleanup:
    return status;
}

gph_status_t gph_clique_list_rows(gph_clique_job_t *job, gph_clique_sink_fn *sink, void *data,
                                  int64_t **kept)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    lister_t lister = {.job = job};
    gph_progress_line_t *progress = NULL;

    GPH_TRY_ALL(context, number_rows(&lister));
    GPH_TRY(make_room(&lister, kept != NULL));
    const int64_t total = (int64_t)job->total;
    const gph_job_ops_t ops = {NULL, NULL, gph_clique_state_save, job};
    progress = gph_progress_begin(context, "listing cliques", "row", total);
    while (job->rows_done < total) {
        int64_t begin = job->rows_done + lister.room * context->rank;
        int64_t end = begin + lister.room;
        begin = begin > total ? total : begin;
        end = end > total ? total : end;
        GPH_TRY(gph_pool_sync(job->pool, list_stretch(&lister, begin, end)));
        GPH_TRY(sink(data, begin, end - begin, lister.rows));
        job->rows_done += lister.room * context->ranks;
        job->rows_done = job->rows_done > total ? total : job->rows_done;
        gph_progress_set(progress, job->rows_done);
        if (job->rows_done < total)
            GPH_TRY(gph_job_step(job->engine, &ops));
    }
    if (kept != NULL) {
        *kept = lister.rows;
        lister.rows = NULL;
    }

cleanup:
    gph_progress_end(&progress);
    gph_clique_window_close(job);
    gph_free(lister.tile_row);
    gph_free(lister.rows);
    return status;
}
