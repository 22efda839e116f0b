/* The kernels of every instruction set, method and width against the oracle, without any rank. */
#include "clique/kernel.h"

#include "gph_test.h"
#include "oracle.h"

#include <string.h>

enum { MOST_ISAS = 8, MOST_K = 8 };

/** A block of the whole graph, oriented along the vertices or against them. */
static gph_status_t make_block(gph_env_t *env, const oracle_t *oracle, bool backwards,
                               gph_block_t *block)
{
    const int n = oracle->n;
    gph_status_t status = GPH_OK;
    gph_off_t at = 0;
    *block = (gph_block_t){.vertices = n, .first = 0, .last = n};
    GPH_TRY(gph_alloc(env, n + 1, sizeof *block->offset, &block->offset));
    GPH_TRY(gph_alloc(env, (int64_t)n * n, sizeof *block->next, &block->next));
    for (int v = 0; v < n; v++) {
        block->offset[v] = at;
        for (int u = v + 1; u < n; u++)
            if (backwards ? oracle->joined[n - 1 - v][n - 1 - u] : oracle->joined[v][u])
                block->next[at++] = u;
    }
    block->offset[n] = at;

cleanup:
    return status;
}

/** What a kernel is run with. */
typedef struct setting {
    int k;
    gph_clique_method_t method;
    const gph_clique_isa_t *isa; /**< NULL: gph_clique_count_root() chooses */
    bool per_vertex;
    bool pieces; /**< rows are counted in two pieces */
} setting_t;

static gph_count_t count_range(gph_clique_space_t *space, const setting_t *setting, int begin,
                               int end)
{
    if (setting->isa == NULL)
        return gph_clique_count_root(space, begin, end);
    if (space->degree < setting->k - 1 || begin >= end)
        return 0;
    gph_clique_space_matrix(space,
                            setting->per_vertex || setting->method == GPH_CLIQUE_METHOD_PIVOT);
    return setting->isa->count(space, begin, end);
}

static gph_count_t count_root(gph_clique_space_t *space, const setting_t *setting)
{
    const int degree = space->degree;
    const int cut = setting->pieces ? degree / 3 : 0;
    return count_range(space, setting, 0, cut) + count_range(space, setting, cut, degree);
}

/** Adds what the roots found to counts by vertex. */
static gph_count_t count_all(gph_clique_space_t *space, const setting_t *setting,
                             gph_count_t *counts)
{
    gph_count_t total = 0;
    for (gph_lid_t root = 0; root < space->block->vertices; root++) {
        gph_clique_space_root(space, root);
        const gph_count_t found = count_root(space, setting);
        total += found;
        counts[root] += found;
        for (int i = 0; setting->per_vertex && i < space->degree; i++) {
            counts[space->row[i]] += space->vertex_count[i];
            space->vertex_count[i] = 0;
        }
    }
    return total;
}

static void check_setting(gph_env_t *env, const gph_block_t *block, const setting_t *setting,
                          int64_t wanted, const int64_t *wanted_counts)
{
    static gph_count_t counts[ORACLE_MOST];
    gph_binomials_t binomials = {0};
    gph_clique_space_t space = {0};
    int wrong = 0;
    memset(counts, 0, sizeof counts);
    CU_ASSERT_EQUAL(gph_binomials_make(env, ORACLE_MOST, setting->k, &binomials), GPH_OK);
    CU_ASSERT_EQUAL(
        gph_clique_space_make(env, block, block->vertices, &binomials, setting->k, setting->method,
                              setting->per_vertex ? GPH_SPACE_VERTEX_COUNTS : 0, &space),
        GPH_OK);
    const gph_count_t total = count_all(&space, setting, counts);
    for (int v = 0; setting->per_vertex && v < block->vertices; v++)
        wrong += counts[v] != (gph_count_t)wanted_counts[v];
    GPH_EXPECT(total == (gph_count_t)wanted && wrong == 0 && !space.overflow,
               "k %d, method %d, %s, per vertex %d, pieces %d: %lld of %lld cliques, %d vertices "
               "wrong",
               setting->k, setting->method, setting->isa ? setting->isa->name : "chosen",
               setting->per_vertex, setting->pieces, (long long)total, (long long)wanted, wrong);
    gph_clique_space_free(&space);
    gph_binomials_free(&binomials);
}

/** All methods and instruction sets, whole rows and pieces, with and without counts of vertices. */
static void check_k(gph_env_t *env, const oracle_t *oracle, int k)
{
    const gph_clique_isa_t *isas[MOST_ISAS + 1] = {NULL};
    const int isa_count = gph_clique_isas(isas + 1, MOST_ISAS);
    int64_t counts[2][ORACLE_MOST];
    const int64_t wanted = oracle_count(oracle, k);
    oracle_vertex_counts(oracle, k, counts[0]);
    for (int v = 0; v < oracle->n; v++)
        counts[1][v] = counts[0][oracle->n - 1 - v];
    for (int backwards = 0; backwards < 2; backwards++) {
        gph_block_t block = {0};
        CU_ASSERT_EQUAL(make_block(env, oracle, backwards, &block), GPH_OK);
        for (int method = GPH_CLIQUE_METHOD_AUTO; method <= GPH_CLIQUE_METHOD_PIVOT; method++)
            for (int isa = 0; isa <= isa_count; isa++)
                for (int how = 0; how < 4; how++) {
                    const setting_t setting = {k, (gph_clique_method_t)method, isas[isa],
                                               (how & 1) != 0, (how & 2) != 0};
                    /* An instruction set by itself is for k >= 4, or 3 with counts of vertices,
                     * and for one method. */
                    if (isa > 0 && (k < 4 - (how & 1) || method == GPH_CLIQUE_METHOD_AUTO))
                        continue;
                    check_setting(env, &block, &setting, wanted, counts[backwards]);
                }
        gph_block_free(&block);
    }
}

static void test_small(void)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    /* Ranks share the work, as nothing here is collective. */
    for (int number = 0; number < ORACLE_SAMPLES; number++) {
        if (number % context->ranks != context->rank)
            continue;
        oracle_sample(number, &oracle);
        for (int k = 2; k <= MOST_K; k++)
            check_k(context->env, &oracle, k);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

/** Neighbourhoods of one, two and more words, and of exactly one and two. */
static void test_widths(void)
{
    static oracle_t oracle;
    static const struct {
        int n;
        double density;
        int k;
    } cases[] = {{64, 1.0, 3},   {65, 1.0, 3},   {66, 1.0, 4},   {128, 1.0, 3},  {129, 1.0, 3},
                 {130, 1.0, 3},  {193, 1.0, 3},  {194, 1.0, 3},  {90, 0.5, 5},   {140, 0.7, 4},
                 {160, 0.35, 6}, {200, 0.4, 5},  {200, 0.95, 3}, {120, 0.6, 5},  {70, 0.65, 6},
                 {200, 0.1, 4},  {64, 0.985, 4}, {65, 0.985, 4}, {129, 0.99, 4}, {66, 0.5, 7}};
    gph_context_t *context = gph_test_context();
    const int64_t start = gph_mem_used(context->env);
    for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        if (i % context->ranks != context->rank)
            continue;
        oracle_random(cases[i].n, cases[i].density, (uint64_t)i, &oracle);
        check_k(context->env, &oracle, cases[i].k);
    }
    CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
}

static void test_isas(void)
{
    const gph_clique_isa_t *isas[MOST_ISAS] = {NULL};
    const int count = gph_clique_isas(isas, MOST_ISAS);
    const gph_clique_isa_t *only[1] = {NULL};
    CU_ASSERT_TRUE(count >= 1 && count <= MOST_ISAS);
    CU_ASSERT_STRING_EQUAL(isas[count - 1]->name, "portable");
    CU_ASSERT_PTR_EQUAL(gph_clique_isa(), isas[0]);
    CU_ASSERT_EQUAL(gph_clique_isas(only, 1), 1);
    CU_ASSERT_PTR_EQUAL(only[0], isas[0]);
}

static void test_binomials(void)
{
    gph_env_t *env = gph_test_context()->env;
    gph_binomials_t table = {0};
    int wrong = 0;
    if (!GPH_EXPECT_OK(NULL, gph_binomials_make(env, 200, 70, &table)))
        return;
    CU_ASSERT_EQUAL(gph_binomial(&table, 0, 0), 1);
    CU_ASSERT_EQUAL(gph_binomial(&table, 5, 2), 10);
    CU_ASSERT_EQUAL(gph_binomial(&table, 5, 6), 0);
    CU_ASSERT_EQUAL(gph_binomial(&table, -1, 1), 0);
    CU_ASSERT_EQUAL(gph_binomial(&table, 5, -1), 0);
    CU_ASSERT_TRUE(gph_binomial(&table, 131, 64) != GPH_BINOMIAL_OVER);
    CU_ASSERT_TRUE(gph_binomial(&table, 132, 64) == GPH_BINOMIAL_OVER);
    for (int n = 1; n <= 131; n++)
        for (int r = 1; r <= 70 && r <= n; r++)
            wrong += gph_binomial(&table, n, r) !=
                     gph_binomial(&table, n - 1, r) + gph_binomial(&table, n - 1, r - 1);
    CU_ASSERT_EQUAL(wrong, 0);
    /* Once over, over for good. */
    for (int n = 133; n <= 200; n++)
        wrong += gph_binomial(&table, n, 64) != GPH_BINOMIAL_OVER;
    CU_ASSERT_EQUAL(wrong, 0);
    gph_binomials_free(&table);
}

GPH_TEST_SUITE(kernel, {"counts in small graphs by every method", test_small},
               {"counts in sets of every width", test_widths},
               {"is chosen among those that run here", test_isas},
               {"has exact binomials", test_binomials});
