/* Mappings of the pairs of a batch: kept by the thread that found them until the next merge, then
 * by the rank in whose stretch of the list the pair lies. */
#include "ged/pairs.h"
#include "par/comm.h"

int64_t gph_ged_map_length(const gph_ged_job_t *job, const gph_ged_phase_t *phase, int64_t index)
{
    return job->collection->view[gph_ged_pairs_at(phase->pairs, index).a].nodes;
}

/* Where the mapping of each row of this rank begins. */
static gph_status_t make_starts(const gph_ged_job_t *job, gph_ged_phase_t *phase)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = job->context->env;

    GPH_TRY(gph_alloc(env, phase->owned + 1, sizeof *phase->map_start, &phase->map_start));
    phase->map_start[0] = 0;
    for (int64_t r = 0; r < phase->owned; r++)
        phase->map_start[r + 1] =
            phase->map_start[r] + gph_ged_map_length(job, phase, phase->first + r);
    GPH_TRY(gph_alloc(env, phase->map_start[phase->owned], sizeof *phase->map, &phase->map));

cleanup:
    return status;
}

gph_status_t gph_ged_maps_open(const gph_ged_job_t *job, gph_ged_phase_t *phase)
{
    gph_status_t status = GPH_OK;

    GPH_TRY_ALL(job->context, make_starts(job, phase));
    for (int64_t i = 0; i < phase->map_start[phase->owned]; i++)
        phase->map[i] = -2;
    GPH_TRY(gph_comm_scan_i64(job->context, 1, &phase->map_start[phase->owned], &phase->map_first,
                              &phase->map_total));

cleanup:
    return status;
}

/* Sorts the mappings found here by the rank that keeps them, each rank's in the order of its rows.
 * @param count,at [ranks] zero before; words to send, and work space */
static gph_status_t sort_maps(const gph_ged_job_t *job, const gph_ged_phase_t *phase,
                              int32_t **send, int64_t *count, int64_t *at)
{
    gph_status_t status = GPH_OK;
    const int ranks = job->context->ranks;
    int64_t total = 0;

    for (int t = 0; t < job->context->threads; t++) {
        const gph_ged_found_t *item = job->found[t].data;
        for (int64_t i = 0; i < job->found[t].count; i++)
            count[gph_tiles_owner(&phase->tiles, ranks, item[i].index)] +=
                gph_ged_map_length(job, phase, item[i].index);
    }
    for (int r = 0; r < ranks; r++) {
        at[r] = total;
        total += count[r];
    }
    GPH_TRY(gph_alloc(job->context->env, total, sizeof **send, send));
    for (int t = 0; t < job->context->threads; t++) {
        const gph_ged_found_t *item = job->found[t].data;
        const int32_t *map = job->maps[t].data;
        for (int64_t i = 0; i < job->found[t].count; i++) {
            const int owner = gph_tiles_owner(&phase->tiles, ranks, item[i].index);
            const int64_t length = gph_ged_map_length(job, phase, item[i].index);
            for (int64_t u = 0; u < length; u++)
                (*send)[at[owner]++] = *map++;
        }
    }

cleanup:
    return status;
}

gph_status_t gph_ged_maps_merge(gph_ged_job_t *job, gph_ged_phase_t *phase, int64_t total,
                                const gph_ged_found_t *rows)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = job->context;
    int32_t *send = NULL;
    int32_t *recv = NULL;
    int64_t *count = NULL; /* [3 × ranks]: to send, received, places */

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 3 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context,
                sort_maps(job, phase, &send, count, count + 2 * (ptrdiff_t)context->ranks));
    GPH_TRY(gph_comm_exchange(context, sizeof *send, send, count, &recv, count + context->ranks));
    const int32_t *map = recv;
    for (int64_t i = 0; i < total; i++) {
        const int64_t row = rows[i].index - phase->first;
        for (int64_t u = phase->map_start[row]; u < phase->map_start[row + 1]; u++)
            phase->map[u] = *map++;
    }
    for (int t = 0; t < context->threads; t++)
        job->maps[t].count = 0;

cleanup:
    gph_free(send);
    gph_free(recv);
    gph_free(count);
    return status;
}

gph_digest_t gph_ged_map_item(int64_t index, int64_t length, const int64_t *map)
{
    return gph_digest_item(~(uint64_t)index, map, (size_t)length * sizeof *map);
}

void gph_ged_maps_digest(const gph_ged_phase_t *phase, gph_digest_t *sum)
{
    for (int64_t r = 0; phase->map != NULL && r < phase->owned; r++)
        gph_digest_add(sum, gph_ged_map_item(phase->first + r,
                                             phase->map_start[r + 1] - phase->map_start[r],
                                             phase->map + phase->map_start[r]));
}
