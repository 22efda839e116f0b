/* Batches: the block of as many tiles as memory is meant for, and the pieces of a tile. */
#include "clique/job.h"

/* A rank's block may hold about as much as its own rows and this many entries. */
enum { SPARE_ENTRIES = 1 << 18 };

/* Entries of roots' rows in tiles begin..end-1: items less the vertices themselves. */
static int64_t root_entries(const gph_dag_t *dag, int64_t begin, int64_t end)
{
    return (dag->tiles.start[end] - dag->tiles.start[begin]) -
           (dag->place[end].position - dag->place[begin].position);
}

/* Number of the tile that an entry of a list stands for; without a list, itself. */
static int64_t tile_of(const int64_t *list, int64_t entry)
{
    return list != NULL ? list[entry] : entry;
}

/* First entry of a window that ends at `high`: consecutive tiles of at most job->window entries. */
static int64_t choose_begin(const gph_clique_job_t *job, const int64_t *list, int64_t low,
                            int64_t high)
{
    const gph_dag_t *dag = &job->dag;
    const int64_t end = tile_of(list, high - 1) + 1;
    int64_t begin = high - 1;
    if (job->context->ranks == 1)
        return low;
    while (begin > low && tile_of(list, begin - 1) == tile_of(list, begin) - 1 &&
           (double)root_entries(dag, tile_of(list, begin - 1), end) <= job->window)
        --begin;
    return begin;
}

/* What the work spaces are for, by what the block carries. */
static int purpose_of(int flags)
{
    return (flags & GPH_BLOCK_VERTICES ? GPH_SPACE_VERTEX_COUNTS : 0) |
           (flags & GPH_BLOCK_IDS ? GPH_SPACE_ROWS : 0) |
           (flags & GPH_BLOCK_POSITIONS ? GPH_SPACE_COVER : 0);
}

static gph_status_t open_spaces(gph_clique_job_t *job, int purpose)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;

    GPH_TRY(gph_calloc(env, job->context->threads, sizeof *job->space, &job->space));
    for (int t = 0; t < job->context->threads; ++t)
        GPH_TRY(gph_clique_space_make(env, &job->block, job->dag.max_out, &job->binomials,
                                      job->options->k, job->options->method, purpose,
                                      &job->space[t]));
    if (purpose & GPH_SPACE_VERTEX_COUNTS)
        GPH_TRY(gph_calloc(env, job->block.vertices, sizeof *job->block_count, &job->block_count));

cleanup:
    return status;
}

/* Opens the block of the roots first..last-1. */
static gph_status_t open_block(gph_clique_job_t *job, gph_gid_t first, gph_gid_t last, int flags,
                               int purpose)
{
    gph_status_t status = gph_block_build(&job->dag, job->pool, first, last, flags, &job->block);
    if (status == GPH_OK)
        status = open_spaces(job, purpose);
    if (status != GPH_OK)
        gph_clique_window_close(job);
    return status;
}

/* Opens the block of tiles begin..high-1, on one rank of all. */
static gph_status_t open_tiles(gph_clique_job_t *job, int64_t begin, int64_t high, int flags)
{
    const gph_dag_t *dag = &job->dag;
    const bool whole = job->context->ranks == 1;
    const gph_dag_place_t end = dag->place[high];
    const gph_gid_t first = whole ? 0 : dag->place[begin].position;
    const gph_gid_t last = whole ? dag->vertices : end.position + (end.slot > 0);
    return open_block(job, first, last, flags, purpose_of(flags));
}

/* Learns from the block how many entries a root's entry brings along. */
static void adapt_window(gph_clique_job_t *job, int64_t entries)
{
    const gph_dag_t *dag = &job->dag;
    const double target = (double)dag->offset[dag->count] + SPARE_ENTRIES;
    const double held = (double)job->block.fetched + 1;
    const double roots = (double)entries + 1;
    double window = roots * target / held;
    window = window > 4 * job->window ? 4 * job->window : window;
    job->window = window < job->window / 4 ? job->window / 4 : window;
}

static void begin_window(gph_clique_job_t *job)
{
    if (job->window <= 0)
        job->window = (double)job->dag.offset[job->dag.count] / 4 + SPARE_ENTRIES;
}

gph_status_t gph_clique_window_open(gph_clique_job_t *job, const int64_t *list, int64_t low,
                                    int64_t high, int flags, int64_t *begin)
{
    gph_env_t *env = job->context->env;
    gph_status_t status = GPH_OK;
    const int64_t end = tile_of(list, high - 1) + 1;
    int64_t first = 0;

    begin_window(job);
    for (;;) {
        first = choose_begin(job, list, low, high);
        status = open_tiles(job, tile_of(list, first), end, flags);
        if (status != GPH_ERR_MEMORY || first == high - 1 || job->context->ranks == 1)
            break;
        /* The batch did not fit the budget: take half as much. */
        gph_env_error_clear(env);
        job->window = (double)root_entries(&job->dag, tile_of(list, first), end) / 2;
    }
    if (status != GPH_OK)
        return status;
    adapt_window(job, root_entries(&job->dag, tile_of(list, first), end));
    *begin = first;
    return GPH_OK;
}

/* End of the rows from `begin` on that fit the window. */
static int64_t rows_end(const gph_clique_job_t *job, int64_t begin)
{
    const gph_dag_t *dag = &job->dag;
    int64_t end = begin + 1;
    if (job->context->ranks == 1)
        return dag->count;
    while (end < dag->count && (double)(dag->offset[end + 1] - dag->offset[begin]) <= job->window)
        ++end;
    return end;
}

gph_status_t gph_clique_window_rows(gph_clique_job_t *job, int64_t begin, int flags, int64_t *end)
{
    gph_env_t *env = job->context->env;
    const gph_dag_t *dag = &job->dag;
    const gph_gid_t first = dag->first + begin;
    gph_status_t status = GPH_OK;

    begin_window(job);
    for (;;) {
        *end = rows_end(job, begin);
        status = open_block(job, first, dag->first + *end, flags, GPH_SPACE_ROWS);
        if (status != GPH_ERR_MEMORY || *end == begin + 1 || job->context->ranks == 1)
            break;
        gph_env_error_clear(env);
        job->window = (double)(dag->offset[*end] - dag->offset[begin]) / 2;
    }
    if (status != GPH_OK)
        return status;
    adapt_window(job, dag->offset[*end] - dag->offset[begin]);
    return GPH_OK;
}

void gph_clique_window_close(gph_clique_job_t *job)
{
    for (int t = 0; job->space != NULL && t < job->context->threads; ++t)
        gph_clique_space_free(&job->space[t]);
    gph_free(job->space);
    job->space = NULL;
    gph_free(job->block_count);
    job->block_count = NULL;
    gph_block_free(&job->block);
}

gph_clique_piece_t gph_clique_piece_first(const gph_dag_t *dag, int64_t tile)
{
    const gph_dag_place_t from = dag->place[tile];
    const gph_dag_place_t to = dag->place[tile + 1];
    gph_clique_piece_t piece = {from.position, from.slot, INT64_MAX};
    if (from.position == to.position)
        piece.end = to.slot;
    if (from.position == dag->vertices || piece.begin >= piece.end)
        piece.position = -1;
    return piece;
}

bool gph_clique_piece_next(const gph_dag_t *dag, int64_t tile, gph_clique_piece_t *piece)
{
    const gph_dag_place_t to = dag->place[tile + 1];
    if (piece->end != INT64_MAX)
        return false;
    piece->position += 1;
    piece->begin = 0;
    if (piece->position == to.position)
        piece->end = to.slot;
    return piece->position < to.position || (piece->position == to.position && to.slot > 0);
}
