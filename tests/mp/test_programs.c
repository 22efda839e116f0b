/* Programs: both forms, all sizes of states, sums, limits, and what is sent. */
#include "gph/dist.h"
#include "gph/mp.h"
#include "gph_test.h"
#include "par/comm.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

/* --- k-cores by h-index (Lü et al., Nature Communications 2016) ------------------------------ */

static bool core_start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    (void)data;
    *(int64_t *)state = vertex->degree;
    return true;
}

static int64_t h_index(const int64_t *value, int64_t count, int64_t bound)
{
    for (int64_t h = bound; h > 0; --h) {
        int64_t reach = 0;
        for (int64_t i = 0; i < count; ++i)
            reach += value[i] >= h;
        if (reach >= h)
            return h;
    }
    return 0;
}

static bool core_vertex(void *data, const gph_mp_vertex_t *vertex, const void *neighbour,
                        const double *weight, void *state, double *term)
{
    int64_t *core = state;
    (void)data;
    (void)weight;
    (void)term;
    const int64_t h = h_index(neighbour, vertex->degree, *core);
    const bool changed = h != *core;
    *core = h;
    return changed;
}

static const gph_mp_program_t core_program = {
    .state_size = sizeof(int64_t), .start = core_start, .vertex = core_vertex};

/* The same with all vertices in every sweep: sparse and dense sweeps come to the same. */
static void test_sparse_and_dense(void)
{
    gph_context_t *context = gph_test_context();
    for (int s = 0; s < sample_count; ++s) {
        sample_t sample;
        gph_mp_program_t program = core_program;
        gph_mp_outcome_t outcome[2];
        int64_t degeneracy = 0;
        if (!sample_make(context, sample_specs[s], &sample))
            continue;
        const size_t owned = (size_t)gph_mp_owned(sample.graph);
        int64_t *state[2] = {calloc(owned + 1, 8), calloc(owned + 1, 8)};
        int64_t *core = calloc(owned + 1, 8);
        GPH_EXPECT_OK(context, gph_graph_cores(sample.graph, core, &degeneracy));
        for (int i = 0; i < 2; ++i) {
            program.always = i == 1;
            GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &program, NULL, state[i], &outcome[i]));
            CU_ASSERT_EQUAL(outcome[i].end, GPH_MP_CONVERGED);
            CU_ASSERT_EQUAL(memcmp(state[i], core, owned * 8), 0);
        }
        CU_ASSERT_EQUAL(outcome[0].sweeps, outcome[1].sweeps);
        CU_ASSERT_EQUAL(outcome[0].ghosts_changed, outcome[1].ghosts_changed);
        (void)gph_test_expect_same_i64(sample_specs[s], outcome[0].sweeps);
        free(state[0]);
        free(state[1]);
        free(core);
        sample_free(&sample);
    }
}

/* Messages of more parts than one: an MPI call that counts few bytes stands for one that can't
 * count billions. */
static void test_long_messages(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    const int64_t chunk = context->chunk;
    if (!sample_make(context, "er:n=300,m=900", &sample))
        return;
    const size_t owned = (size_t)gph_mp_owned(sample.graph);
    int64_t *state = calloc(owned + 1, 8);
    int64_t *core = calloc(owned + 1, 8);
    int64_t degeneracy = 0;
    GPH_EXPECT_OK(context, gph_graph_cores(sample.graph, core, &degeneracy));
    for (context->chunk = 8; context->chunk < 64; context->chunk += 9) {
        memset(state, 0, owned * 8);
        GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &core_program, NULL, state, NULL));
        CU_ASSERT_EQUAL(memcmp(state, core, owned * 8), 0);
    }
    context->chunk = chunk;
    free(state);
    free(core);
    sample_free(&sample);
}

/* --- states of any size --------------------------------------------------------------------- */

enum { LONGEST = 40 };

/** How large states are. */
typedef struct spread {
    size_t size;
} spread_t;

static void fill_state(void *state, size_t size, int64_t number)
{
    unsigned char *byte = state;
    for (size_t i = 0; i < size; ++i)
        byte[i] = (unsigned char)(number >> 8 * (i % 2));
}

static bool spread_start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    const spread_t *spread = data;
    fill_state(state, spread->size, vertex->number);
    return true;
}

/* The largest state, byte by byte, spreads through each component. */
static bool spread_vertex(void *data, const gph_mp_vertex_t *vertex, const void *neighbour,
                          const double *weight, void *state, double *term)
{
    const spread_t *spread = data;
    bool changed = false;
    (void)weight;
    (void)term;
    for (int64_t i = 0; i < vertex->degree; ++i) {
        const unsigned char *other = (const unsigned char *)neighbour + (size_t)i * spread->size;
        for (size_t b = 0; b < spread->size; ++b) {
            unsigned char *byte = (unsigned char *)state + b;
            changed = changed || other[b] > *byte;
            *byte = other[b] > *byte ? other[b] : *byte;
        }
    }
    return changed;
}

static void test_sizes(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    if (!sample_make(context, "path:n=150", &sample))
        return;
    const gph_lid_t owned = gph_mp_owned(sample.graph);
    unsigned char *state = calloc((size_t)owned + 1, LONGEST);
    for (size_t size = 1; size <= LONGEST; size += 3) {
        spread_t spread = {size};
        unsigned char wanted[LONGEST] = {0};
        const gph_mp_program_t program = {
            .state_size = size, .start = spread_start, .vertex = spread_vertex, .data = &spread};
        for (int64_t v = 0; v < sample.n; ++v) {
            unsigned char one[LONGEST];
            fill_state(one, size, v);
            for (size_t b = 0; b < size; ++b)
                wanted[b] = one[b] > wanted[b] ? one[b] : wanted[b];
        }
        GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &program, NULL, state, NULL));
        for (gph_lid_t v = 0; v < owned; ++v)
            CU_ASSERT_EQUAL(memcmp(state + (size_t)v * size, wanted, size), 0);
    }
    free(state);
    sample_free(&sample);
}

/* --- sums, limits --------------------------------------------------------------------------- */

/** Seen by `after`. */
typedef struct seen {
    int64_t calls;
    double sum[2];
} seen_t;

static bool count_start(void *data, const gph_mp_vertex_t *vertex, void *state)
{
    (void)data;
    *(double *)state = (double)vertex->number / 3;
    return false;
}

static bool count_vertex(void *data, const gph_mp_vertex_t *vertex, const void *neighbour,
                         const double *weight, void *state, double *term)
{
    double *value = state;
    (void)data;
    (void)neighbour;
    for (int64_t i = 0; i < vertex->degree; ++i)
        term[0] += weight ? weight[i] : 1;
    term[1] = *value;
    *value += 1;
    return true;
}

static bool count_after(void *data, int64_t sweep, const double *sum)
{
    seen_t *seen = data;
    seen->calls += 1;
    CU_ASSERT_EQUAL(seen->calls, sweep);
    memcpy(seen->sum, sum, sizeof seen->sum);
    return sweep == 5;
}

static gph_mp_program_t count_program(seen_t *seen)
{
    *seen = (seen_t){0};
    return (gph_mp_program_t){.state_size = sizeof(double),
                              .start = count_start,
                              .vertex = count_vertex,
                              .after = count_after,
                              .sums = 2,
                              .always = true,
                              .data = seen};
}

/* The state of a vertex after so many sweeps. */
static double after_sweeps(const gph_graph_t *graph, gph_lid_t v, int64_t sweeps)
{
    double value = (double)gph_mp_vertex(graph, v).number / 3;
    for (int64_t s = 0; s < sweeps; ++s)
        value += 1;
    return value;
}

static void test_sums_and_limits(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    seen_t seen;
    gph_mp_outcome_t outcome;
    double arcs = 0;
    char text[64];
    if (!sample_make(context, "weighted", &sample))
        return;
    const gph_mp_program_t program = count_program(&seen);
    double *state = calloc((size_t)gph_mp_owned(sample.graph) + 1, sizeof *state);
    for (int64_t i = 0; i < sample.start[sample.n]; ++i)
        arcs += sample.weight[i];
    GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &program, NULL, state, &outcome));
    CU_ASSERT_EQUAL(outcome.end, GPH_MP_CONVERGED);
    CU_ASSERT_EQUAL(outcome.sweeps, 5);
    CU_ASSERT_DOUBLE_EQUAL(seen.sum[0], arcs, 1e-9);
    snprintf(text, sizeof text, "%a %a", seen.sum[0], seen.sum[1]);
    (void)gph_test_expect_same("sums of a program", text);

    gph_mp_limits_t limits = gph_mp_limits_default();
    for (limits.sweeps = 0; limits.sweeps < 5; ++limits.sweeps) {
        seen = (seen_t){0};
        GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &program, &limits, state, &outcome));
        CU_ASSERT_EQUAL(outcome.end, GPH_MP_SWEEPS);
        CU_ASSERT_EQUAL(outcome.sweeps, limits.sweeps);
        for (gph_lid_t v = 0; v < gph_mp_owned(sample.graph); ++v)
            CU_ASSERT_EQUAL(state[v], after_sweeps(sample.graph, v, limits.sweeps));
    }
    limits = (gph_mp_limits_t){.sweeps = -1, .seconds = 1e-9};
    GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &program, &limits, state, &outcome));
    CU_ASSERT_EQUAL(outcome.end, GPH_MP_TIME);
    CU_ASSERT_EQUAL(outcome.sweeps, 0);
    free(state);
    sample_free(&sample);
}

/* Messages: all states in plan order when all change; nothing but headers when nothing does. */
static void test_bytes(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    seen_t seen;
    gph_mp_outcome_t outcome;
    int64_t ghosts[2] = {0, 0};
    if (!sample_make(context, "er:n=300,m=900", &sample))
        return;
    const gph_mp_program_t program = count_program(&seen);
    double *state = calloc((size_t)gph_mp_owned(sample.graph) + 1, sizeof *state);
    GPH_EXPECT_OK(context, gph_mp_run(sample.graph, &program, NULL, state, &outcome));
    for (int r = 0; r < context->ranks; ++r) {
        ghosts[0] += sample.graph->halo_send_count[r];
        ghosts[1] += sample.graph->halo_send_count[r] > 0;
    }
    GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_SUM, 2, ghosts));
    CU_ASSERT_EQUAL(outcome.ghosts_changed, 5 * ghosts[0]);
    CU_ASSERT_EQUAL(outcome.bytes_sent, 5 * (8 * ghosts[0] + 8 * ghosts[1]));
    free(state);
    sample_free(&sample);
}

static void test_refused(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    seen_t seen;
    double room[400];
    if (!sample_make(context, "er:n=300,m=900", &sample))
        return;
    for (int bad = 0; bad < 6; ++bad) {
        gph_mp_program_t program = count_program(&seen);
        gph_mp_limits_t limits = gph_mp_limits_default();
        program.start = bad == 0 ? NULL : program.start;
        program.vertex = bad == 1 ? NULL : program.vertex;
        program.state_size = bad == 2 ? 0 : bad == 3 ? 65537 : program.state_size;
        program.sums = bad == 4 ? GPH_MP_SUMS + 1 : program.sums;
        limits.sweeps = bad == 5 ? -2 : -1;
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                          gph_mp_run(sample.graph, &program, &limits, room, NULL));
    }
    sample_free(&sample);
}

GPH_TEST_SUITE(programs, {"come to the same by few vertices and by all", test_sparse_and_dense},
               {"send messages in parts", test_long_messages},
               {"have states of any size", test_sizes},
               {"have sums and end at limits", test_sums_and_limits},
               {"send what changed and no more", test_bytes},
               {"are refused when they make no sense", test_refused});
