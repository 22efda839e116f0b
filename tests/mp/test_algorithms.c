/* Algorithms against their references, on every sample; the same digest on any ranks and threads.
 */
#include "gph/dist.h"
#include "gph/mp.h"
#include "gph_test.h"
#include "mp/triangles.h"
#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Compares a result with its reference. */
typedef void check_fn(const sample_t *sample, const gph_mp_result_t *result);

/* The column of a name; fails the test without it. */
static const void *column(const gph_mp_result_t *result, const char *wanted)
{
    for (int c = 0; c < gph_mp_result_columns(result); ++c) {
        const char *name = NULL;
        const void *values = NULL;
        gph_mp_result_column(result, c, &name, NULL, &values);
        if (strcmp(name, wanted) == 0)
            return values;
    }
    GPH_EXPECT(false, "no column %s", wanted);
    return NULL;
}

static int64_t fact(const gph_mp_result_t *result, const char *wanted)
{
    int count = 0;
    const gph_mp_fact_t *facts = gph_mp_result_facts(result, &count);
    for (int f = 0; f < count; ++f)
        if (strcmp(facts[f].name, wanted) == 0)
            return facts[f].value.i64;
    GPH_EXPECT(false, "no fact %s", wanted);
    return -1;
}

/* Compares a column of integers with wanted[n]. */
static void compare(const sample_t *sample, const gph_mp_result_t *result, const char *name,
                    const int64_t *wanted)
{
    const int64_t *got = column(result, name);
    for (gph_lid_t v = 0; got != NULL && v < gph_mp_owned(sample->graph); ++v) {
        const int64_t number = gph_mp_vertex(sample->graph, v).number;
        if (!GPH_EXPECT(got[v] == wanted[number], "%s of %lld: %lld, wanted %lld", name,
                        (long long)number, (long long)got[v], (long long)wanted[number]))
            break;
    }
}

static int64_t *room(const sample_t *sample)
{
    return calloc((size_t)sample->n + 1, sizeof(int64_t));
}

/* --- each algorithm ------------------------------------------------------------------------- */

static void check_pagerank(const sample_t *sample, const gph_mp_result_t *result)
{
    double *wanted = calloc((size_t)sample->n + 1, sizeof *wanted);
    const double *got = column(result, "rank");
    reference_pagerank(sample, 0.85, fact(result, "sweeps"), wanted);
    for (gph_lid_t v = 0; v < gph_mp_owned(sample->graph); ++v) {
        const int64_t number = gph_mp_vertex(sample->graph, v).number;
        if (!GPH_EXPECT(fabs(got[v] - wanted[number]) <= 1e-12, "rank of %lld: %.17g, wanted %.17g",
                        (long long)number, got[v], wanted[number]))
            break;
    }
    free(wanted);
}

/* The rules of Graph500 for a tree, beside the reference. */
static void check_tree(const sample_t *sample, const int64_t *distance, const int64_t *parent)
{
    int wrong = 0;
    for (gph_lid_t v = 0; v < gph_mp_owned(sample->graph); ++v) {
        const int64_t number = gph_mp_vertex(sample->graph, v).number;
        wrong += (distance[v] < 0) != (parent[v] < 0);
        if (distance[v] > 0)
            wrong += !sample_joined(sample, number, parent[v]);
        if (distance[v] == 0)
            wrong += parent[v] != number;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_bfs(const sample_t *sample, const gph_mp_result_t *result)
{
    int64_t *distance = room(sample);
    int64_t *parent = room(sample);
    int64_t reached = 0;
    int64_t depth = 0;
    const int64_t source = reference_hub(sample);
    reference_bfs(sample, source, distance, parent);
    for (int64_t v = 0; v < sample->n; ++v) {
        reached += distance[v] >= 0;
        depth = distance[v] > depth ? distance[v] : depth;
        if (distance[v] >= 0) /* an edge joins no levels that are further apart */
            for (int64_t i = sample->start[v]; i < sample->start[v + 1]; ++i)
                CU_ASSERT_TRUE(llabs(distance[v] - distance[sample->neighbour[i]]) <= 1);
    }
    CU_ASSERT_EQUAL(fact(result, "source"), source);
    CU_ASSERT_EQUAL(fact(result, "reached"), reached);
    CU_ASSERT_EQUAL(fact(result, "depth"), depth);
    compare(sample, result, "distance", distance);
    compare(sample, result, "parent", parent);
    check_tree(sample, column(result, "distance"), column(result, "parent"));
    free(distance);
    free(parent);
}

static void check_components(const sample_t *sample, const gph_mp_result_t *result)
{
    int64_t *component = room(sample);
    int64_t *size = room(sample);
    int64_t largest = 0;
    CU_ASSERT_EQUAL(fact(result, "components"), reference_components(sample, component));
    for (int64_t v = 0; v < sample->n; ++v) {
        size[component[v]] += 1;
        largest = size[component[v]] > largest ? size[component[v]] : largest;
    }
    CU_ASSERT_EQUAL(fact(result, "largest"), largest);
    compare(sample, result, "component", component);
    free(component);
    free(size);
}

static void check_sssp(const sample_t *sample, const gph_mp_result_t *result)
{
    double *wanted = calloc((size_t)sample->n + 1, sizeof *wanted);
    const double *got = column(result, "distance");
    int64_t reached = 0;
    reference_sssp(sample, reference_hub(sample), wanted);
    for (int64_t v = 0; v < sample->n; ++v)
        reached += wanted[v] >= 0;
    CU_ASSERT_EQUAL(fact(result, "reached"), reached);
    for (gph_lid_t v = 0; v < gph_mp_owned(sample->graph); ++v)
        CU_ASSERT_EQUAL(got[v], wanted[gph_mp_vertex(sample->graph, v).number]);
    free(wanted);
}

static void check_labels(const sample_t *sample, const gph_mp_result_t *result)
{
    int64_t *label = room(sample);
    int64_t *size = room(sample);
    int64_t groups = 0;
    int64_t largest = 0;
    CU_ASSERT_TRUE(fact(result, "sweeps") <= 10);
    reference_labels(sample, 10, label);
    for (int64_t v = 0; v < sample->n; ++v) {
        groups += size[label[v]]++ == 0;
        largest = size[label[v]] > largest ? size[label[v]] : largest;
    }
    CU_ASSERT_EQUAL(fact(result, "labels"), groups);
    CU_ASSERT_EQUAL(fact(result, "largest"), largest);
    compare(sample, result, "label", label);
    free(label);
    free(size);
}

static void check_cores(const sample_t *sample, const gph_mp_result_t *result)
{
    int64_t *core = room(sample);
    CU_ASSERT_EQUAL(fact(result, "degeneracy"), reference_cores(sample, core));
    compare(sample, result, "core", core);
    free(core);
}

static void check_triangles(const sample_t *sample, const gph_mp_result_t *result)
{
    int64_t *triangles = room(sample);
    const double *got = column(result, "clustering");
    CU_ASSERT_EQUAL(fact(result, "triangles"), reference_triangles(sample, triangles));
    compare(sample, result, "triangles", triangles);
    for (gph_lid_t v = 0; v < gph_mp_owned(sample->graph); ++v) {
        const gph_mp_vertex_t vertex = gph_mp_vertex(sample->graph, v);
        const double pairs = (double)vertex.degree * (double)(vertex.degree - 1) / 2;
        CU_ASSERT_DOUBLE_EQUAL(got[v], pairs > 0 ? (double)triangles[vertex.number] / pairs : 0,
                               1e-15);
    }
    free(triangles);
}

/** In the order of gph_mp_algorithm_t. */
static check_fn *const checks[GPH_MP_ALGORITHMS] = {check_pagerank, check_bfs,    check_components,
                                                    check_sssp,     check_labels, check_cores,
                                                    check_triangles};

/* --- all of them ---------------------------------------------------------------------------- */

static void check_sample(gph_context_t *context, const sample_t *sample, const char *spec)
{
    for (int a = 0; a < GPH_MP_ALGORITHMS; ++a) {
        gph_mp_result_t *result = NULL;
        char digest[33] = "";
        char key[96];
        if (!GPH_EXPECT_OK(context,
                           gph_mp_compute(sample->graph, (gph_mp_algorithm_t)a, NULL, &result)))
            continue;
        checks[a](sample, result);
        GPH_EXPECT_OK(context, gph_mp_result_digest(result, digest));
        snprintf(key, sizeof key, "%s of %s", gph_mp_algorithm_name((gph_mp_algorithm_t)a), spec);
        (void)gph_test_expect_same(key, digest);
        gph_mp_result_destroy(&result);
    }
}

static void test_samples(void)
{
    gph_context_t *context = gph_test_context();
    for (int s = 0; s < sample_count; ++s) {
        sample_t sample;
        if (sample_make(context, sample_specs[s], &sample))
            check_sample(context, &sample, sample_specs[s]);
        sample_free(&sample);
    }
}

/* A larger graph, on which directions switch and threads share the work. */
static void test_larger(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    const char *spec = "rmat:scale=13,edgefactor=8";
    if (sample_make(context, spec, &sample))
        check_sample(context, &sample, spec);
    sample_free(&sample);
}

static void test_sub_communicator(void)
{
    (void)gph_test_context();
    MPI_Comm half = MPI_COMM_NULL;
    const int rank = gph_test_rank();
    const gph_context_options_t options = gph_test_options();
    gph_context_t *context = NULL;
    sample_t sample;
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, -rank, &half);
    if (gph_context_create(half, &options, &context) == GPH_OK) {
        for (int s = 0; s < sample_count; s += 3) {
            if (sample_make(context, sample_specs[s], &sample))
                for (int a = 0; a < GPH_MP_ALGORITHMS; ++a) {
                    gph_mp_result_t *result = NULL;
                    if (GPH_EXPECT_OK(context, gph_mp_compute(sample.graph, (gph_mp_algorithm_t)a,
                                                              NULL, &result)))
                        checks[a](&sample, result);
                    gph_mp_result_destroy(&result);
                }
            sample_free(&sample);
        }
        gph_context_destroy(&context);
    }
    MPI_Comm_free(&half);
}

/* Triangles again, with few rows of other ranks at a time. */
static void test_little_room(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    if (!sample_make(context, "er:n=120,m=2500", &sample))
        return;
    int64_t *wanted = room(&sample);
    int64_t *count = room(&sample);
    (void)reference_triangles(&sample, wanted);
    for (int64_t entries = 1; entries < 3000; entries *= 7) {
        GPH_EXPECT_OK(context, gph_triangles_count(sample.graph, entries, count));
        for (gph_lid_t v = 0; v < gph_mp_owned(sample.graph); ++v)
            CU_ASSERT_EQUAL(count[v], wanted[gph_mp_vertex(sample.graph, v).number]);
    }
    free(wanted);
    free(count);
    sample_free(&sample);
}

/* Weights below zero are refused by all ranks. */
static void test_negative_weights(void)
{
    gph_context_t *context = gph_test_context();
    gph_mp_result_t *result = NULL;
    sample_t sample;
    if (!sample_make(context, "weighted", &sample))
        return;
    if (context->rank == context->ranks - 1 && sample.graph->owned > 0)
        sample.graph->weight[0] = -0.5;
    GPH_EXPECT_STATUS(context, GPH_ERR_INPUT,
                      gph_mp_compute(sample.graph, GPH_MP_SSSP, NULL, &result));
    CU_ASSERT_PTR_NULL(result);
    CU_ASSERT_PTR_NOT_NULL(strstr(gph_context_error(context), "-0.5"));
    sample_free(&sample);
}

/* Every vertex as the source, and sources that are none. */
static void test_sources(void)
{
    gph_context_t *context = gph_test_context();
    sample_t sample;
    if (!sample_make(context, "er:n=60,m=40", &sample))
        return;
    int64_t *distance = room(&sample);
    int64_t *parent = room(&sample);
    for (int64_t source = 0; source < sample.n; source += 7) {
        gph_mp_options_t options = gph_mp_options_default();
        gph_mp_result_t *result = NULL;
        options.source = source;
        if (!GPH_EXPECT_OK(context, gph_mp_compute(sample.graph, GPH_MP_BFS, &options, &result)))
            break;
        reference_bfs(&sample, source, distance, parent);
        compare(&sample, result, "distance", distance);
        compare(&sample, result, "parent", parent);
        gph_mp_result_destroy(&result);
    }
    for (int64_t source = -2; source <= 60; source += 62) {
        gph_mp_options_t options = gph_mp_options_default();
        gph_mp_result_t *result = NULL;
        options.source = source;
        gph_context_clear_error(context);
        GPH_EXPECT_STATUS(context, GPH_ERR_USAGE,
                          gph_mp_compute(sample.graph, GPH_MP_BFS, &options, &result));
        CU_ASSERT_PTR_NULL(result);
    }
    free(distance);
    free(parent);
    sample_free(&sample);
}

GPH_TEST_SUITE(algorithms, {"equal their references on every sample", test_samples},
               {"equal their references on a larger graph", test_larger},
               {"equal their references on part of the ranks", test_sub_communicator},
               {"count triangles with few rows at a time", test_little_room},
               {"refuse negative weights", test_negative_weights},
               {"search from any source", test_sources});
