/* Rows beside the rows that they are linked with. */
#include "nn/links.h"

#include "nn/work.h"
#include "par/team.h"

#include <string.h>

typedef struct job {
    const gph_links_t *links;
    int64_t width;
    const gph_real_t *from;
    gph_real_t *to;
} job_t;

/* Rows worth a thread. */
static int64_t grain_of(const gph_context_t *context, const gph_links_t *links, int64_t width)
{
    return gph_team_grain(context, (double)((1 + links->kinds) * width) * GPH_WORK_MOVE);
}

static gph_status_t gather_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const job_t *job = data;
    const int kinds = job->links->kinds;
    const size_t bytes = (size_t)job->width * sizeof *job->to;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        gph_real_t *to = job->to + i * (1 + kinds) * job->width;
        memcpy(to, job->from + i * job->width, bytes);
        for (int l = 0; l < kinds; l++) {
            const int32_t other = job->links->row[i * kinds + l];
            to += job->width;
            if (other >= 0)
                memcpy(to, job->from + other * job->width, bytes);
            else
                memset(to, 0, bytes);
        }
    }
    return GPH_OK;
}

gph_status_t gph_links_gather(const gph_context_t *context, const gph_links_t *links,
                              const gph_tensor_t *x, gph_tensor_t *out)
{
    gph_status_t status = GPH_OK;
    job_t job = {.links = links, .width = x->columns, .from = x->value};

    GPH_TRY(gph_tensor_shape(context->env, links->rows, (1 + links->kinds) * x->columns, out));
    job.to = out->value;
    GPH_TRY(gph_team_ranges(context, links->rows, grain_of(context, links, x->columns), gather_rows,
                            &job));

cleanup:
    return status;
}

/* A row takes what it gave to itself, and to the row that each of its links leads to: there it is
 * the one at the end of the link back. */
static gph_status_t back_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const job_t *job = data;
    const int kinds = job->links->kinds;
    const int64_t width = job->width;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        gph_real_t *to = job->to + i * width;
        const gph_real_t *own = job->from + i * (1 + kinds) * width;
        for (int64_t c = 0; c < width; c++)
            to[c] += own[c];
        for (int l = 0; l < kinds; l++) {
            const int64_t other = job->links->row[i * kinds + l];
            if (other < 0)
                continue;
            const int64_t back = 1 + (l + kinds / 2) % kinds;
            const gph_real_t *g = job->from + (other * (1 + kinds) + back) * width;
            for (int64_t c = 0; c < width; c++)
                to[c] += g[c];
        }
    }
    return GPH_OK;
}

gph_status_t gph_links_back(const gph_context_t *context, const gph_links_t *links,
                            const gph_tensor_t *g, gph_tensor_t *g_x)
{
    job_t job = {.links = links, .width = g_x->columns, .from = g->value, .to = g_x->value};
    return gph_team_ranges(context, links->rows, grain_of(context, links, g_x->columns), back_rows,
                           &job);
}
