/* Rewriting of expressions. */
#include "base/random.h"
#include "expressions.h"

typedef gph_status_t rewrite_fn(const gph_expression_t *, gph_expression_t *);

static void expect_rewritten(rewrite_fn *rewrite, const char *text, const char *wanted)
{
    gph_context_t *context = gph_test_context();
    gph_expression_t before = gph_expression_init(context->env);
    gph_expression_t after = gph_expression_init(context->env);
    gph_array_t out = gph_array_init(context->env, 1);
    if (test_expression_read(context->env, text, &before) &&
        GPH_EXPECT_OK(context, rewrite(&before, &after)) &&
        GPH_EXPECT_OK(context, gph_expression_write(&after, &out)))
        GPH_EXPECT(test_expression_text(&out, wanted), "'%s' became '%.*s', not '%s'", text,
                   (int)out.count, (const char *)out.data, wanted);
    gph_array_free(&out);
    gph_expression_free(&before);
    gph_expression_free(&after);
}

static void test_fold(void)
{
    expect_rewritten(gph_expression_fold, "+ x * 2 3", "+ x 6");
    expect_rewritten(gph_expression_fold, "* + 1 2 (+ 1 2 4)", "21");
    expect_rewritten(gph_expression_fold, "+ x / 1 3", "+ x 0.3333333333333333");
    expect_rewritten(gph_expression_fold, "/ 1 0", "/ 1 0");
    expect_rewritten(gph_expression_fold, "(f + 1 1 log -1)", "(f 2 log -1)");
    expect_rewritten(gph_expression_fold, "* 1e10 1e10", "1e+20");
    expect_rewritten(gph_expression_fold, "007", "007");
    expect_rewritten(gph_expression_fold, "* 0 -1", "* 0 -1"); /* -0 */
}

static void test_sort(void)
{
    expect_rewritten(gph_expression_sort, "+ x 1", "+ 1 x");
    expect_rewritten(gph_expression_sort, "- x 1", "- x 1");
    expect_rewritten(gph_expression_sort, "(+ sin x * y x 2 (neg 1) b)",
                     "(+ 2 b * x y (neg 1) sin x)");
    expect_rewritten(gph_expression_sort, "max * + b a 2 * 3 a", "max * 3 a * 2 + a b");
}

/* Swaps the operands of every binary node that commutes, by recursion. */
static gph_status_t mirror(const gph_expression_t *from, const int64_t *end, int64_t v,
                           gph_expression_t *to)
{
    gph_status_t status = GPH_OK;
    const gph_expression_node_t node = gph_expression_node(from, v);
    const gph_operation_t *row = gph_operation_find(node.text, node.length);
    const bool swap = node.operands == 2 && row->commutes;
    GPH_TRY(gph_expression_push_part(to, from, v, v + 1));
    if (swap)
        GPH_TRY(mirror(from, end, end[v + 1], to));
    int64_t at = v + 1;
    for (int64_t i = 0; i < node.operands - swap; ++i) {
        GPH_TRY(mirror(from, end, at, to));
        at = end[at];
    }
cleanup:
    return status;
}

static void test_rewrite_random(void)
{
    gph_context_t *context = gph_test_context();
    gph_env_t *env = context->env;
    const gph_expression_random_t options = gph_expression_random_default();
    static const gph_binding_t bindings[] = {{"x", 1.25}, {"y", -0.75}, {"z", 3.5}};
    gph_symbol_values_t values = {0};
    int changed = 0;
    CU_ASSERT_EQUAL(gph_symbol_values_make(env, 3, bindings, &values), GPH_OK);
    for (uint64_t i = 0; i < 2000; ++i) {
        gph_expression_t drawn = gph_expression_init(env);
        gph_expression_t other = gph_expression_init(env);
        gph_expression_t folded = gph_expression_init(env);
        gph_expression_t sorted[2] = {gph_expression_init(env), gph_expression_init(env)};
        int64_t end[256] = {0};
        double value[2] = {0, 0};
        CU_ASSERT_EQUAL(gph_expression_draw(&options, 6, i, &drawn), GPH_OK);
        CU_ASSERT_TRUE_FATAL(gph_expression_count(&drawn) <= 256);
        CU_ASSERT_EQUAL(gph_expression_ends(&drawn, end), GPH_OK);
        CU_ASSERT_EQUAL(mirror(&drawn, end, 0, &other), GPH_OK);
        changed += !gph_expression_equal(&drawn, &other);
        CU_ASSERT_EQUAL(gph_expression_sort(&drawn, &sorted[0]), GPH_OK);
        CU_ASSERT_EQUAL(gph_expression_sort(&other, &sorted[1]), GPH_OK);
        CU_ASSERT_TRUE(gph_expression_equal(&sorted[0], &sorted[1]));
        CU_ASSERT_EQUAL(gph_expression_fold(&drawn, &folded), GPH_OK);
        CU_ASSERT_EQUAL(gph_expression_value(env, &drawn, &values, &value[0]), GPH_OK);
        CU_ASSERT_EQUAL(gph_expression_value(env, &folded, &values, &value[1]), GPH_OK);
        CU_ASSERT_TRUE(test_expression_value(value[0], value[1]));
        gph_expression_free(&drawn);
        gph_expression_free(&other);
        gph_expression_free(&folded);
        gph_expression_free(&sorted[0]);
        gph_expression_free(&sorted[1]);
    }
    CU_ASSERT_TRUE(changed > 1000);
    gph_free(values.binding);
}

GPH_TEST_SUITE(expression_rewrite, {"folds constants", test_fold},
               {"sorts what commutes", test_sort},
               {"rewriting keeps values and forgets order", test_rewrite_random});
