/* The state of a batch in a snapshot: which tiles of each phase are done, their sums, and the rows.
 */
#include "ged/pairs.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Characters of an identity without the names of files, and of a digest or name in a snapshot. */
enum { IDENTITY_CHARS = 2048, NAME_CHARS = 24 };

enum { ROW_WORDS = 3 };
_Static_assert(sizeof(gph_ged_row_t) == ROW_WORDS * sizeof(uint64_t),
               "a row is words of a snapshot");

/* --- identity ------------------------------------------------------------------------------- */

static gph_digest_t pairs_digest(const gph_ged_pairs_t *pairs)
{
    const int64_t word[] = {(int64_t)pairs->kind, pairs->count, pairs->queries};
    gph_digest_t sum = gph_digest_item(0, word, sizeof word);
    if (pairs->pair != NULL)
        gph_digest_add(&sum,
                       gph_digest_item(1, pairs->pair, (size_t)pairs->count * sizeof *pairs->pair));
    return sum;
}

static gph_digest_t cost_digest(uint64_t number, const gph_ged_cost_t *cost)
{
    const double constant[] = {(double)cost->kind, cost->insert, cost->remove, cost->substitute};
    gph_digest_t sum = gph_digest_item(2 * number, constant, sizeof constant);
    if (cost->kind == GPH_GED_COST_TABLE) {
        const size_t side = (size_t)cost->labels + 1;
        gph_digest_add(
            &sum, gph_digest_item(2 * number + 1, cost->table, side * side * sizeof *cost->table));
    }
    return sum;
}

gph_status_t gph_ged_job_identity(const gph_ged_job_t *job, const gph_ged_pairs_t *pairs,
                                  int64_t nearest, char **identity)
{
    const gph_ged_batch_options_t *options = job->options;
    const gph_ged_costs_t standard = gph_ged_costs_default();
    const gph_ged_costs_t *costs = options->costs != NULL ? options->costs : &standard;
    const char *out = options->out_path != NULL ? options->out_path : "";
    const char *matrix = options->matrix_path != NULL ? options->matrix_path : "";
    const size_t room = IDENTITY_CHARS + strlen(out) + strlen(matrix);
    gph_digest_t cost = cost_digest(0, &costs->node);
    char hex[3][GPH_DIGEST_CHARS];

    gph_digest_add(&cost, cost_digest(1, &costs->edge));
    const gph_status_t status = gph_alloc(job->context->env, (int64_t)room, 1, identity);
    if (status != GPH_OK)
        return status;
    snprintf(*identity, room,
             "command=ged\ngraphs=%" PRId64 "\ndirected=%s\ncollection=%s\npairs=%" PRId64
             "\nlist=%s\ncosts=%s\nmethod=%s\nthreshold=%.17g%s\nsteps=%" PRId64
             "\nseconds=%.17g\nfilter=%s\nnearest=%" PRId64 "\ntiles=%" PRId64
             "\npaths=%s\ncliques=%s\nout=%s\nmatrix=%s\n",
             job->collection->set.count, job->collection->set.directed ? "yes" : "no",
             gph_collection_digest(job->collection, hex[0]), pairs->count,
             gph_digest_format(pairs_digest(pairs), hex[1]), gph_digest_format(cost, hex[2]),
             gph_ged_method_name(options->pair.method), options->pair.threshold,
             options->pair.decide ? "\ndecide=yes" : "", options->pair.max_steps,
             options->pair.max_seconds, options->filter ? "yes" : "no", nearest, options->tiles,
             options->paths ? "yes" : "no", options->cliques ? "yes" : "no", out, matrix);
    return GPH_OK;
}

/* --- saving and restoring ------------------------------------------------------------------- */

static gph_status_t save_phase(const gph_ged_job_t *job, int number, gph_snapshot_t *snapshot)
{
    gph_status_t status = GPH_OK;
    const gph_ged_phase_t *phase = &job->phase[number];
    const int64_t tiles = phase->tiles.count;
    const int64_t mine = job->context->rank == 0 ? tiles : 0;
    char name[NAME_CHARS];

    snprintf(name, sizeof name, "done%d", number);
    GPH_TRY(gph_snapshot_put_array(snapshot, name, 1, tiles, tiles - mine, mine, phase->done));
    snprintf(name, sizeof name, "sum%d", number);
    GPH_TRY(gph_snapshot_put_array(snapshot, name, GPH_GED_SUMS, tiles, tiles - mine, mine,
                                   phase->sum));
    snprintf(name, sizeof name, "rows%d", number);
    GPH_TRY(gph_snapshot_put_array(snapshot, name, ROW_WORDS, phase->pairs->count, phase->first,
                                   phase->owned, phase->row));
    snprintf(name, sizeof name, "maps%d", number);
    if (phase->map != NULL)
        GPH_TRY(gph_snapshot_put_array(snapshot, name, 1, phase->map_total, phase->map_first,
                                       phase->map_start[phase->owned], phase->map));

cleanup:
    return status;
}

gph_status_t gph_ged_job_save(void *data, gph_snapshot_t *snapshot)
{
    const gph_ged_job_t *job = data;
    gph_status_t status = gph_snapshot_put_i64(snapshot, "phases", job->phases);
    for (int p = 0; status == GPH_OK && p < job->phases; p++)
        status = save_phase(job, p, snapshot);
    return gph_comm_agree(job->context, status);
}

static gph_status_t read_phase(const gph_ged_job_t *job, int number)
{
    gph_status_t status = GPH_OK;
    const gph_ged_phase_t *phase = &job->phase[number];
    const int64_t tiles = phase->tiles.count;
    char name[NAME_CHARS];

    snprintf(name, sizeof name, "done%d", number);
    GPH_TRY(gph_snapshot_read_array(job->resumed, name, 1, tiles, 0, tiles, phase->done));
    snprintf(name, sizeof name, "sum%d", number);
    GPH_TRY(gph_snapshot_read_array(job->resumed, name, GPH_GED_SUMS, tiles, 0, tiles, phase->sum));
    snprintf(name, sizeof name, "rows%d", number);
    GPH_TRY(gph_snapshot_read_array(job->resumed, name, ROW_WORDS, phase->pairs->count,
                                    phase->first, phase->owned, phase->row));
    snprintf(name, sizeof name, "maps%d", number);
    if (phase->map != NULL)
        GPH_TRY(gph_snapshot_read_array(job->resumed, name, 1, phase->map_total, phase->map_first,
                                        phase->map_start[phase->owned], phase->map));

cleanup:
    return status;
}

gph_status_t gph_ged_job_restore(gph_ged_job_t *job, int number)
{
    return gph_comm_agree(job->context, read_phase(job, number));
}
