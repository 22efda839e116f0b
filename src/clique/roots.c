/* Batches of consecutive own rows. */
#include "clique/roots.h"

/* One batch. */
typedef struct batch {
    gph_clique_job_t *job;
    int64_t first; /* row of its first root */
    gph_root_fn *root;
    void *data;
} batch_t;

static gph_status_t root_task(void *data, int64_t task, int thread)
{
    const batch_t *batch = data;
    gph_clique_space_t *space = &batch->job->space[thread];
    const int64_t row = batch->first + task;

    gph_clique_space_root(space,
                          (gph_lid_t)(batch->job->dag.first + row - batch->job->block.first));
    return batch->root(batch->data, space, row, thread);
}

gph_status_t gph_clique_roots(gph_clique_job_t *job, int flags, gph_root_fn *root, void *data)
{
    gph_status_t status = GPH_OK;
    batch_t batch = {job, 0, root, data};

    while (status == GPH_OK && batch.first < job->dag.count) {
        int64_t end = 0;
        status = gph_clique_window_rows(job, batch.first, flags, &end);
        if (status == GPH_OK)
            status = gph_pool_team(job->pool, end - batch.first, root_task, &batch);
        gph_clique_window_close(job);
        batch.first = end;
    }
    return gph_pool_sync(job->pool, status);
}
