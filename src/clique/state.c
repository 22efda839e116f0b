/* The state of a search in a snapshot: which tiles are counted, and how far the list is written. */
#include "clique/job.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* Digest of a graph: its vertices' ids and rows, by number. Collective. */
static gph_status_t graph_digest(const gph_graph_t *graph, gph_digest_t *digest)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_digest_t sum = {0, 0};
    gph_gid_t *row = NULL;
    int64_t longest = 0;

    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        const int64_t degree = graph->offset[v + 1] - graph->offset[v];
        longest = degree > longest ? degree : longest;
    }
    GPH_TRY_ALL(context, gph_alloc(context->env, longest + 1, sizeof *row, &row));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        int64_t length = 0;
        row[length++] = gph_graph_id(graph, v);
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            row[length++] = gph_graph_gid(graph, graph->adjacent[i]);
        gph_digest_add(
            &sum, gph_digest_item((uint64_t)(graph->first + v), row, (size_t)length * sizeof *row));
    }
    GPH_TRY(gph_comm_sum_digest(context, &sum));
    *digest = sum;

cleanup:
    gph_free(row);
    return status;
}

gph_status_t gph_clique_identity(const gph_clique_job_t *job, char *text, size_t room)
{
    gph_digest_t digest = {0, 0};
    char hex[GPH_DIGEST_CHARS];
    const gph_clique_options_t *options = job->options;
    const gph_status_t status = graph_digest(job->graph, &digest);
    if (status != GPH_OK)
        return status;
    snprintf(text, room,
             "command=cliques\nvertices=%" PRId64 "\nedges=%" PRId64 "\ngraph=%s\nk=%d\n"
             "order=%s\ntiles=%" PRId64 " of %" PRId64 "\nlist=%s\nper_vertex=%s\n",
             job->graph->vertices, job->graph->edges, gph_digest_format(digest, hex), options->k,
             gph_clique_order_name(options->order), job->dag.tiles.count, options->tiles,
             options->list_path != NULL ? options->list_path : "", job->per_vertex ? "yes" : "no");
    return GPH_OK;
}

static gph_status_t save_arrays(const gph_clique_job_t *job, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const int64_t tiles = job->dag.tiles.count;
    const int64_t mine = job->context->rank == 0 ? tiles : 0;
    const int64_t start = job->context->rank == 0 ? 0 : tiles;

    GPH_TRY(gph_snapshot_put_array(snapshot, "tile_done", 1, tiles, start, mine, job->tile_done));
    GPH_TRY(gph_snapshot_put_array(snapshot, "tile_items", 1, tiles, start, mine, job->tile_items));
    GPH_TRY(gph_snapshot_put_array(snapshot, "tile_count", 2, tiles, start, mine, job->tile_count));
    if (job->per_vertex)
        GPH_TRY(gph_snapshot_put_array(snapshot, "vertex_count", 2, job->graph->vertices,
                                       job->graph->first, job->graph->owned, job->vertex_count));

cleanup:
    return status;
}

static gph_status_t save_list(const gph_clique_job_t *job, gph_digest_t digest,
                              gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const uint64_t word[2] = {digest.high, digest.low};
    const int64_t mine = job->context->rank == 0;

    GPH_TRY(gph_snapshot_put_i64(snapshot, "rows_done", job->rows_done));
    GPH_TRY(gph_snapshot_put_i64(snapshot, "bytes_done", job->bytes_done));
    GPH_TRY(gph_snapshot_put_array(snapshot, "row_digest", 2, 1, 1 - mine, mine, word));

cleanup:
    return status;
}

gph_status_t gph_clique_state_save(void *data, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_clique_job_t *job = data;
    gph_context_t *context = job->context;
    gph_digest_t digest = job->row_digest;

    GPH_TRY(gph_comm_sum_digest(context, &digest));
    GPH_TRY_ALL(context, save_arrays(job, snapshot));
    GPH_TRY_ALL(context, save_list(job, digest, snapshot));
    gph_snapshot_sync_first(snapshot, job->part_file >= 0 ? dup(job->part_file) : -1);

cleanup:
    return status;
}

static gph_status_t restore(gph_clique_job_t *job, const gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const int64_t tiles = job->dag.tiles.count;
    uint64_t word[2] = {0, 0};

    GPH_TRY(gph_snapshot_read_array(snapshot, "tile_done", 1, tiles, 0, tiles, job->tile_done));
    GPH_TRY(gph_snapshot_read_array(snapshot, "tile_items", 1, tiles, 0, tiles, job->tile_items));
    GPH_TRY(gph_snapshot_read_array(snapshot, "tile_count", 2, tiles, 0, tiles, job->tile_count));
    if (job->per_vertex)
        GPH_TRY(gph_snapshot_read_array(snapshot, "vertex_count", 2, job->graph->vertices,
                                        job->graph->first, job->graph->owned, job->vertex_count));
    GPH_TRY(gph_snapshot_i64(snapshot, "rows_done", &job->rows_done));
    GPH_TRY(gph_snapshot_i64(snapshot, "bytes_done", &job->bytes_done));
    GPH_TRY(gph_snapshot_read_array(snapshot, "row_digest", 2, 1, 0, 1, word));
    if (job->context->rank == 0)
        job->row_digest = (gph_digest_t){word[0], word[1]};
    job->total = 0;
    for (int64_t t = 0; t < tiles; ++t)
        job->total += job->tile_count[t];

cleanup:
    return status;
}

gph_status_t gph_clique_state_restore(gph_clique_job_t *job, const gph_snapshot_t *snapshot)
{
    return gph_comm_agree(job->context, restore(job, snapshot));
}
