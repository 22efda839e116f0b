/* Numbering of vertices: ids ascending over the ranks, end points replaced by their place. */
#include "dist/number.h"

#include "gph_test.h"
#include "naive.h"

/** The ids that ranks hold follow each other and are those of the oracle. */
static void check_ids(gph_context_t *context, const gph_numbering_t *numbering,
                      const naive_t *naive)
{
    int64_t before = 0;
    int wrong = 0;
    MPI_Exscan(&numbering->count, &before, 1, MPI_INT64_T, MPI_SUM, context->comm);
    if (context->rank == 0)
        before = 0;
    CU_ASSERT_EQUAL(numbering->begin, before);
    for (int64_t i = 0; i < numbering->count; i++)
        wrong += numbering->id[i] != naive->id[before + i];
    CU_ASSERT_EQUAL(wrong, 0);
    before += numbering->count;
    MPI_Bcast(&before, 1, MPI_INT64_T, context->ranks - 1, context->comm);
    CU_ASSERT_EQUAL(before, naive->n);
}

/** This rank's edges are still in order, each end point replaced. */
static void check_edges(const gph_context_t *context, const input_t *input, spread_t spread,
                        const naive_t *naive, const gph_edges_t *edges)
{
    int64_t at = 0;
    int wrong = 0;
    for (int64_t i = 0; i < input->count; i++) {
        if (input_rank(input, spread, context->ranks, i) != context->rank)
            continue;
        wrong += naive->id[edges->edge[at].u] != input->edge[i].u;
        wrong += naive->id[edges->edge[at].v] != input->edge[i].v;
        at += 1;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_numbering(gph_context_t *context, kind_t kind, uint64_t seed, spread_t spread)
{
    static input_t input;
    static naive_t naive;
    gph_numbering_t numbering = {0};
    gph_edges_t edges;
    input_make(kind, seed, &input);
    naive_make(&input, &naive);
    if (gph_test_all(input_share(context, &input, spread, &edges) == GPH_OK) &&
        GPH_EXPECT_OK(context, gph_number_vertices(context, &edges, &numbering))) {
        CU_ASSERT_EQUAL(numbering.vertices, naive.n);
        CU_ASSERT_EQUAL(numbering.id == NULL, input.vertices >= 0);
        if (numbering.id != NULL)
            check_ids(context, &numbering, &naive);
        check_edges(context, &input, spread, &naive, &edges);
    }
    gph_edges_free(&edges);
    gph_free(numbering.id);
}

static void test_numbering(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int kind = NOTHING; kind < KINDS; kind++)
        for (int spread = DEALT; spread < SPREADS; spread++)
            check_numbering(context, (kind_t)kind, 11, (spread_t)spread);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

GPH_TEST_SUITE(number, {"replaces ids by their places", test_numbering});
