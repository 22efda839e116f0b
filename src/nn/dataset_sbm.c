/* The stochastic block model (Holland, Laskey & Leinhardt 1983) with features. */
#include "nn/dataset.h"

#include "base/array.h"
#include "base/random.h"
#include "graph/spec.h"
#include "par/comm.h"
#include "par/team.h"

#include <math.h>

/* Streams of random numbers; edges take one for each vertex. */
enum { STREAM_SPLIT = 1, STREAM_SIGN = 2, STREAM_FEATURE = 3, STREAM_EDGES = 16 };

typedef struct sbm {
    int64_t n;
    int64_t classes;
    int64_t features;
    double p_in;
    double p_out;
    double signal;
    double train;
    double valid;
    uint64_t seed;
} sbm_t;

static gph_status_t read_spec(const gph_context_t *context, gph_spec_t *spec, sbm_t *sbm)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const int64_t fallback = (int64_t)(context->seed & INT64_MAX);
    int64_t seed = 0;

    GPH_TRY(gph_spec_get_i64(env, spec, "n", 1, INT32_MAX, 1000, &sbm->n));
    GPH_TRY(gph_spec_get_i64(env, spec, "classes", 1, 1024, 4, &sbm->classes));
    GPH_TRY(gph_spec_get_i64(env, spec, "features", 1, 1 << 20, 32, &sbm->features));
    GPH_TRY(gph_spec_get_f64(env, spec, "p_in", 0, 1, 0.02, &sbm->p_in));
    GPH_TRY(gph_spec_get_f64(env, spec, "p_out", 0, 1, 0.002, &sbm->p_out));
    GPH_TRY(gph_spec_get_f64(env, spec, "signal", 0, 1000, 0.15, &sbm->signal));
    GPH_TRY(gph_spec_get_f64(env, spec, "train", 0, 1, 0.1, &sbm->train));
    GPH_TRY(gph_spec_get_f64(env, spec, "valid", 0, 1, 0.2, &sbm->valid));
    GPH_TRY(gph_spec_get_i64(env, spec, "seed", 0, INT64_MAX, fallback, &seed));
    GPH_TRY(gph_spec_finish(env, spec,
                            "n, classes, features, p_in, p_out, signal, train, valid, seed"));
    sbm->seed = (uint64_t)seed;

cleanup:
    return status;
}

/* Neighbours of u above it in one class: each with probability p, by the gaps between them. */
static gph_status_t draw_class(const sbm_t *sbm, int64_t u, int64_t class, double p, uint64_t *draw,
                               gph_array_t *edges)
{
    gph_status_t status = GPH_OK;
    const double scale = p < 1 ? 1 / log1p(-p) : 0;
    int64_t v = u - u % sbm->classes + class;

    if (v <= u)
        v += sbm->classes;
    while (p > 0) {
        const uint64_t bits = gph_random_u64(sbm->seed, STREAM_EDGES + (uint64_t)u, (*draw)++);
        const double gap = floor(log1p(-gph_random_unit(bits)) * scale);
        if (gap * (double)sbm->classes >= (double)(sbm->n - v))
            break;
        v += (int64_t)gap * sbm->classes;
        const gph_edge_t edge = {u, v};
        GPH_TRY(gph_array_push(edges, &edge));
        v += sbm->classes;
        if (v >= sbm->n)
            break;
    }

cleanup:
    return status;
}

/* Edges of this rank's even block of vertices to vertices above them. */
static gph_status_t draw_edges(const gph_context_t *context, const sbm_t *sbm, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    const int64_t end = gph_block_start(sbm->n, context->ranks, context->rank + 1);
    gph_array_t drawn = gph_array_init(context->env, sizeof(gph_edge_t));

    for (int64_t u = gph_block_start(sbm->n, context->ranks, context->rank); u < end; u++) {
        uint64_t draw = 0;
        for (int64_t c = 0; c < sbm->classes; c++)
            GPH_TRY(draw_class(sbm, u, c, c == u % sbm->classes ? sbm->p_in : sbm->p_out, &draw,
                               &drawn));
    }
    edges->vertices = sbm->n;
    edges->count = drawn.count;
    edges->edge = gph_array_take(&drawn);

cleanup:
    gph_array_free(&drawn);
    return status;
}

typedef struct fill_job {
    const sbm_t *sbm;
    const gph_domain_t *domain;
    gph_real_t *value;
} fill_job_t;

static gph_status_t fill_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const fill_job_t *job = data;
    const sbm_t *sbm = job->sbm;
    (void)thread;
    for (int64_t i = begin; i < end; i++) {
        const int64_t v = i < job->domain->rows ? job->domain->first + i
                                                : job->domain->ghost[i - job->domain->rows];
        for (int64_t f = 0; f < sbm->features; f++) {
            const uint64_t bits =
                gph_random_u64(sbm->seed, STREAM_FEATURE, (uint64_t)(v * sbm->features + f));
            const uint64_t sign = gph_random_u64(sbm->seed, STREAM_SIGN,
                                                 (uint64_t)(v % sbm->classes * sbm->features + f)) &
                                  1;
            job->value[i * sbm->features + f] =
                (gph_real_t)(2 * gph_random_unit(bits) - 1 + (sign ? sbm->signal : -sbm->signal));
        }
    }
    return GPH_OK;
}

/* Labels, splits and features of rows and ghosts. */
static gph_status_t fill(gph_context_t *context, const sbm_t *sbm, gph_dataset_t *dataset)
{
    gph_status_t status = GPH_OK;
    const gph_domain_t *domain = &dataset->domain;
    const int64_t count = domain->rows + domain->ghosts;
    fill_job_t job = {sbm, domain, NULL};

    GPH_TRY(gph_tensor_shape(context->env, count, sbm->features, &dataset->dense));
    GPH_TRY(gph_alloc(context->env, domain->rows, sizeof *dataset->label, &dataset->label));
    GPH_TRY(gph_alloc(context->env, domain->rows, sizeof *dataset->split, &dataset->split));
    job.value = dataset->dense.value;
    GPH_TRY(gph_team_ranges(context, count, 64, fill_rows, &job));
    for (int64_t i = 0; i < domain->rows; i++) {
        const int64_t v = domain->first + i;
        const double r = gph_random_unit(gph_random_u64(sbm->seed, STREAM_SPLIT, (uint64_t)v));
        dataset->label[i] = (int32_t)(v % sbm->classes);
        dataset->split[i] = r < sbm->train                ? GPH_SPLIT_TRAIN
                            : r < sbm->train + sbm->valid ? GPH_SPLIT_VALID
                                                          : GPH_SPLIT_TEST;
    }
    dataset->features = sbm->features;
    dataset->classes = sbm->classes;

cleanup:
    return status;
}

gph_status_t gph_dataset_sbm(gph_context_t *context, const gph_data_options_t *options,
                             gph_dataset_t *dataset)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    gph_edges_t edges = gph_edges_init();
    gph_spec_t *spec = NULL;
    sbm_t sbm = {0};

    status = gph_alloc(env, 1, sizeof *spec, &spec);
    if (status == GPH_OK)
        status = gph_spec_parse(env, options->path, spec);
    if (status == GPH_OK)
        status = read_spec(context, spec, &sbm);
    if (status == GPH_OK)
        status = draw_edges(context, &sbm, &edges);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_dataset_build(context, options, &edges, dataset));
    GPH_TRY_ALL(context, fill(context, &sbm, dataset));

cleanup:
    gph_edges_free(&edges);
    gph_free(spec);
    return status;
}
