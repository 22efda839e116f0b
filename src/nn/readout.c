/* Readouts: the rows of each graph combined to one. */
#include "nn/graph_network.h"

#include "nn/work.h"
#include "par/team.h"

#include <string.h>

typedef struct job {
    gph_readout_t readout;
    const int64_t *start;
    int64_t columns;
    int64_t first;
    int64_t stride;         /* columns of `joined` */
    const gph_real_t *x;    /* [rows × columns] */
    gph_real_t *joined;     /* [graphs × stride] */
    const gph_real_t *from; /* [graphs × stride], backward */
    gph_real_t *g;          /* [rows × columns], backward */
    bool add;
} job_t;

static void read_one(const job_t *job, int64_t low, int64_t high, gph_real_t *to)
{
    const gph_real_t *row = job->x + low * job->columns;
    memcpy(to, row, (size_t)job->columns * sizeof *to);
    for (int64_t i = low + 1; i < high; i++) {
        row += job->columns;
        if (job->readout == GPH_READOUT_MAX)
            for (int64_t c = 0; c < job->columns; c++)
                to[c] = row[c] > to[c] ? row[c] : to[c];
        else
            for (int64_t c = 0; c < job->columns; c++)
                to[c] += row[c];
    }
    if (job->readout == GPH_READOUT_MEAN)
        for (int64_t c = 0; c < job->columns; c++)
            to[c] /= (gph_real_t)(high - low);
}

/* Graphs worth a thread. */
static int64_t grain_of(const gph_context_t *context, int64_t graphs, const gph_tensor_t *x)
{
    const double rows = (double)x->rows / (double)(graphs > 0 ? graphs : 1);
    return gph_team_grain(context, rows * (double)x->columns * GPH_WORK_MOVE);
}

static gph_status_t read_range(void *data, int64_t begin, int64_t end, int thread)
{
    const job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        read_one(job, job->start[i], job->start[i + 1], job->joined + i * job->stride + job->first);
    return GPH_OK;
}

gph_status_t gph_readout_forward(const gph_context_t *context, gph_readout_t readout,
                                 int64_t graphs, const int64_t *start, const gph_tensor_t *x,
                                 int64_t first, gph_tensor_t *to)
{
    job_t job = {.readout = readout,
                 .start = start,
                 .columns = x->columns,
                 .first = first,
                 .stride = to->columns,
                 .x = x->value,
                 .joined = to->value};
    return gph_team_ranges(context, graphs, grain_of(context, graphs, x), read_range, &job);
}

/* The first row that holds the largest number of a column takes its gradient. */
static void spread_max(const job_t *job, int64_t low, int64_t high, const gph_real_t *from)
{
    for (int64_t c = 0; c < job->columns; c++) {
        int64_t best = low;
        for (int64_t i = low + 1; i < high; i++)
            if (job->x[i * job->columns + c] > job->x[best * job->columns + c])
                best = i;
        job->g[best * job->columns + c] += from[c];
    }
}

static void spread_one(const job_t *job, int64_t low, int64_t high, const gph_real_t *from)
{
    const gph_real_t scale = job->readout == GPH_READOUT_MEAN ? 1 / (gph_real_t)(high - low) : 1;
    gph_real_t *g = job->g + low * job->columns;
    if (!job->add)
        memset(g, 0, (size_t)((high - low) * job->columns) * sizeof *g);
    if (job->readout == GPH_READOUT_MAX) {
        spread_max(job, low, high, from);
        return;
    }
    for (int64_t i = low; i < high; i++, g += job->columns)
        for (int64_t c = 0; c < job->columns; c++)
            g[c] += scale * from[c];
}

static gph_status_t spread_range(void *data, int64_t begin, int64_t end, int thread)
{
    const job_t *job = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        spread_one(job, job->start[i], job->start[i + 1], job->from + i * job->stride + job->first);
    return GPH_OK;
}

gph_status_t gph_readout_backward(const gph_context_t *context, gph_readout_t readout,
                                  int64_t graphs, const int64_t *start, const gph_tensor_t *x,
                                  int64_t first, const gph_tensor_t *from, bool add,
                                  gph_tensor_t *g)
{
    job_t job = {.readout = readout,
                 .start = start,
                 .columns = x->columns,
                 .first = first,
                 .stride = from->columns,
                 .x = x->value,
                 .from = from->value,
                 .g = g->value,
                 .add = add};
    return gph_team_ranges(context, graphs, grain_of(context, graphs, x), spread_range, &job);
}
