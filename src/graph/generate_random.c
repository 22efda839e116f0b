/* Random generators. A random number depends on the edge index and not on who draws it. */
#include "base/checked.h"
#include "base/random.h"
#include "graph/generators.h"

/** Streams of random numbers; rmat draws from GPH_STREAM_RMAT + 0, 1, 2, … */
enum { GPH_STREAM_ER_SHUFFLE = 0x4701, GPH_STREAM_RMAT_SHUFFLE = 0x4702, GPH_STREAM_RMAT = 0x4710 };

/** Levels of rmat that one draw of 128 bits serves. */
#define GPH_RMAT_LEVELS 4

/** Reads key "seed"; without it the context's seed counts, which may have all 64 bits. */
static gph_status_t plan_seed(gph_context_t *context, gph_spec_t *spec, uint64_t *seed)
{
    gph_status_t status = GPH_OK;
    const char *text = NULL;
    int64_t number = 0;
    GPH_TRY(gph_spec_get_text(context->env, spec, "seed", "", &text));
    GPH_TRY(gph_spec_get_i64(context->env, spec, "seed", 0, INT64_MAX, 0, &number));
    *seed = *text != '\0' ? (uint64_t)number : context->seed;
cleanup:
    return status;
}

gph_status_t gph_plan_er(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    uint64_t seed = 0;
    gph_env_t *env = context->env;
    GPH_TRY(gph_spec_get_i64(env, spec, "n", 0, GPH_GENERATE_MAX_DENSE, -1, &plan->vertices));
    const int64_t pairs = gph_pairs_count(plan->vertices);
    GPH_TRY(gph_spec_get_i64(env, spec, "m", 0, pairs, -1, &plan->edges));
    GPH_TRY(plan_seed(context, spec, &seed));
    plan->shuffle = gph_bijection_init(seed, GPH_STREAM_ER_SHUFFLE, (uint64_t)pairs);
cleanup:
    return status;
}

gph_edge_t gph_edge_er(const gph_plan_t *plan, int64_t index)
{
    /* The first m images of a shuffle of all pairs are m different pairs. */
    return gph_pairs_at((int64_t)gph_bijection_at(&plan->shuffle, (uint64_t)index));
}

/** Probability as the number of 32-bit numbers that stand for it, 2^32 at most. */
static uint64_t threshold(double probability)
{
    const double rounded = probability * 0x1p32 + 0.5;
    return rounded < 0x1p32 ? (uint64_t)rounded : UINT64_C(1) << 32;
}

gph_status_t gph_plan_rmat(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    int64_t scale = 0;
    int64_t factor = 0;
    double a = 0, b = 0, c = 0;
    GPH_TRY(gph_spec_get_i64(env, spec, "scale", 0, 48, -1, &scale));
    GPH_TRY(gph_spec_get_i64(env, spec, "edgefactor", 0, INT64_MAX, 16, &factor));
    GPH_TRY(gph_spec_get_f64(env, spec, "a", 0, 1, 0.57, &a));
    GPH_TRY(gph_spec_get_f64(env, spec, "b", 0, 1, 0.19, &b));
    GPH_TRY(gph_spec_get_f64(env, spec, "c", 0, 1, 0.19, &c));
    GPH_TRY(plan_seed(context, spec, &plan->seed));
    /* Decimal fractions that add up to 1 may come out a little above it. */
    if (a + b + c > 1 + 1e-9)
        return gph_fail(env, GPH_ERR_USAGE, "%s: a + b + c is %g; it must not exceed 1", spec->text,
                        a + b + c);
    plan->scale = (int)scale;
    plan->vertices = INT64_C(1) << scale;
    if (!gph_mul_i64(factor, plan->vertices, &plan->edges))
        return gph_fail(env, GPH_ERR_USAGE, "%s: the number of edges overflows", spec->text);
    plan->below_a = threshold(a);
    plan->below_b = threshold(a + b);
    plan->below_c = threshold(a + b + c);
    plan->shuffle =
        gph_bijection_init(plan->seed, GPH_STREAM_RMAT_SHUFFLE, (uint64_t)plan->vertices);
cleanup:
    return status;
}

gph_edge_t gph_edge_rmat(const gph_plan_t *plan, int64_t index)
{
    uint64_t u = 0;
    uint64_t v = 0;
    gph_random2_t random = {0};
    for (int level = 0; level < plan->scale; level++) {
        const int use = level % GPH_RMAT_LEVELS;
        if (use == 0)
            random = gph_random2(plan->seed, GPH_STREAM_RMAT + (uint64_t)level, (uint64_t)index);
        const uint64_t draw = ((use < 2 ? random.a : random.b) >> (use % 2 * 32)) & UINT32_MAX;
        /* Quadrants: a neither bit, b the bit of v, c the bit of u, d both. */
        u = u << 1 | (draw >= plan->below_b);
        v = v << 1 | ((draw >= plan->below_a && draw < plan->below_b) || draw >= plan->below_c);
    }
    return (gph_edge_t){.u = (int64_t)gph_bijection_at(&plan->shuffle, u),
                        .v = (int64_t)gph_bijection_at(&plan->shuffle, v)};
}
