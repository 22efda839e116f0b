/* The generators by name, and the loop that makes this rank's share of any of them. */
#include "graph/generate.h"

#include "base/hash.h"
#include "graph/generators.h"
#include "par/comm.h"
#include "par/team.h"
#include "par/tiles.h"

#include <string.h>

/** Edges below which a thread is not worth waking. */
#define GPH_GENERATE_GRAIN 4096

typedef struct gph_generator {
    const char *name;
    const char *keys; /**< for messages */
    gph_plan_fn *plan;
    gph_edge_fn *edge;
} gph_generator_t;

static const gph_generator_t generators[] = {
    {"rmat", "scale, edgefactor, seed, a, b, c", gph_plan_rmat, gph_edge_rmat},
    {"er", "n, m, seed", gph_plan_er, gph_edge_er},
    {"complete", "n", gph_plan_complete, gph_edge_complete},
    {"cycle", "n", gph_plan_cycle, gph_edge_cycle},
    {"star", "n", gph_plan_star, gph_edge_star},
    {"path", "n", gph_plan_path, gph_edge_path},
    {"turan", "n, r", gph_plan_turan, gph_edge_turan},
};

static const gph_generator_t *find_generator(const gph_spec_t *spec)
{
    for (size_t i = 0; i < sizeof generators / sizeof *generators; i++) {
        if (strcmp(generators[i].name, spec->name) == 0)
            return &generators[i];
    }
    return NULL;
}

bool gph_generate_knows(const gph_spec_t *spec)
{
    return find_generator(spec) != NULL;
}

static gph_status_t make_plan(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const gph_generator_t *generator = find_generator(spec);
    if (generator == NULL)
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: no generator %s; there are rmat, er, complete, cycle, star, path and "
                        "turan",
                        spec->text, spec->name);
    GPH_TRY(generator->plan(context, spec, plan));
    GPH_TRY(gph_spec_finish(env, spec, generator->keys));
    if (plan->edges > INT64_MAX / (int64_t)sizeof(gph_edge_t))
        status = gph_fail(env, GPH_ERR_USAGE, "%s: %lld edges are more than memory can address",
                          spec->text, (long long)plan->edges);
cleanup:
    return status;
}

/** What a thread needs to make edges. */
typedef struct gph_maker {
    const gph_plan_t *plan;
    gph_edge_fn *edge_at;
    int64_t first; /**< index of this rank's first edge */
    gph_edge_t *edge;
} gph_maker_t;

static gph_status_t make_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_maker_t *maker = data;
    (void)thread;
    for (int64_t i = begin; i < end; i++)
        maker->edge[i] = maker->edge_at(maker->plan, maker->first + i);
    return GPH_OK;
}

gph_status_t gph_generate(gph_context_t *context, gph_spec_t *spec, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_plan_t plan = {0};
    gph_edges_t made = gph_edges_init();
    const gph_digest_t digest = gph_digest_bytes(spec->text, strlen(spec->text));
    GPH_TRY(gph_comm_same(context, "specification of a generator", (int64_t)digest.low));
    GPH_TRY_ALL(context, make_plan(context, spec, &plan));

    const int64_t first = gph_block_start(plan.edges, context->ranks, context->rank);
    made.vertices = plan.vertices;
    made.count = gph_block_start(plan.edges, context->ranks, context->rank + 1) - first;
    GPH_TRY_ALL(context, gph_alloc(context->env, made.count, sizeof *made.edge, &made.edge));

    gph_maker_t maker = {
        .plan = &plan, .edge_at = find_generator(spec)->edge, .first = first, .edge = made.edge};
    GPH_TRY_ALL(context,
                gph_team_ranges(context, made.count, GPH_GENERATE_GRAIN, make_range, &maker));
    *edges = made;
    made = gph_edges_init();
cleanup:
    gph_edges_free(&made);
    return status;
}
