/* Expressions: reading, writing, bad input, faults. */
#include "base/random.h"
#include "expressions.h"

#include <string.h>

static void test_texts(void)
{
    /* What is read, and how it is written again. */
    static const char *const tests[][2] = {
        {"1", "1"},
        {"  x\n", "x"},
        {"+ 1 2", "+ 1 2"},
        {"+\t1\r\n * 2 x", "+ 1 * 2 x"},
        {"(+ 1 2 3)", "(+ 1 2 3)"},
        {"(+ (sin x) -7 sin y)", "(+ (sin x) -7 sin y)"},
        {"(-(-(- 1)))", "(- (- (- 1)))"},
        {"-1", "-1"},
        {"- -1 +2", "- -1 +2"},
        {"(f x(g 1 2 3))", "(f x (g 1 2 3))"},
        {"f", "f"},
        {u8"* \u03c0_1 x'", u8"* \u03c0_1 x'"},
        {"(min a)", "(min a)"},
        {".5e-3", ".5e-3"},
        {"1.", "1."},
        {"00012345678901234567890123", "00012345678901234567890123"},
    };
    gph_env_t *env = gph_test_context()->env;

    for (size_t i = 0; i < sizeof tests / sizeof *tests; ++i) {
        gph_expression_t expression = gph_expression_init(env);
        gph_array_t text = gph_array_init(env, 1);
        if (test_expression_read(env, tests[i][0], &expression)) {
            GPH_EXPECT_OK(gph_test_context(), gph_expression_write(&expression, &text));
            GPH_EXPECT(test_expression_text(&text, tests[i][1]), "'%s' became '%.*s'", tests[i][0],
                       (int)text.count, (const char *)text.data);
        }
        gph_array_free(&text);
        gph_expression_free(&expression);
    }
}

static void test_nodes(void)
{
    gph_context_t *context = gph_test_context();
    gph_expression_t *expression = NULL;
    const char *text = "(+ 2.5 * -3 x (sin y))";
    static const struct {
        const char *text;
        gph_node_type_t type;
        int64_t operands;
        bool parenthesised;
    } wanted[] = {{"+", GPH_NODE_OPERATOR, 3, true},  {"2.5", GPH_NODE_FLOAT, 0, false},
                  {"*", GPH_NODE_OPERATOR, 2, false}, {"-3", GPH_NODE_INTEGER, 0, false},
                  {"x", GPH_NODE_SYMBOL, 0, false},   {"sin", GPH_NODE_FUNCTION, 1, true},
                  {"y", GPH_NODE_SYMBOL, 0, false}};
    static const int64_t edges[][2] = {{0, 1}, {0, 2}, {0, 5}, {2, 3}, {2, 4}, {5, 6}};
    gph_small_dag_t dag = {0};
    char copy[8] = "";
    int64_t length = 0;

    if (!GPH_EXPECT_OK(context,
                       gph_expression_parse(context, text, (int64_t)strlen(text), &expression)))
        return;
    CU_ASSERT_EQUAL(gph_expression_nodes(expression), 7);
    for (int64_t v = 0; v < 7; ++v) {
        const gph_expression_node_t node = gph_expression_node(expression, v);
        CU_ASSERT_EQUAL(node.type, wanted[v].type);
        CU_ASSERT_EQUAL(node.operands, wanted[v].operands);
        CU_ASSERT_EQUAL(node.parenthesised, wanted[v].parenthesised);
        CU_ASSERT_EQUAL(node.length, (int64_t)strlen(wanted[v].text));
        CU_ASSERT_EQUAL(memcmp(node.text, wanted[v].text, (size_t)node.length), 0);
    }
    CU_ASSERT_EQUAL(gph_expression_node(expression, 7).length, 0);
    GPH_EXPECT_OK(context, gph_expression_format(expression, 8, copy, &length));
    CU_ASSERT_EQUAL(length, (int64_t)strlen(text));
    CU_ASSERT_EQUAL(memcmp(copy, text, 8), 0);
    GPH_EXPECT_OK(context, gph_expression_dag(expression, &dag));
    CU_ASSERT_EQUAL(dag.nodes, 7);
    CU_ASSERT_EQUAL(dag.edges, 6);
    for (int64_t i = 0; i < dag.edges; ++i)
        CU_ASSERT_TRUE(dag.edge[i].u == edges[i][0] && dag.edge[i].v == edges[i][1]);
    CU_ASSERT_EQUAL(dag.names.offset[7], expression->bytes.count);
    gph_small_dag_free(&dag);
    gph_expression_destroy(&expression);
    CU_ASSERT_PTR_NULL(expression);
}

static void test_bad(void)
{
    /* Text, place, words of the message. */
    static const char *const tests[][3] = {
        {"", "expression:1:1:", "no expression"},
        {" \n ", "expression:1:1:", "no expression"},
        {"+ 1", "expression:1:1:", "'+' takes 2 operands and has 1"},
        {"* 2 + 1", "expression:1:5:", "'+' takes 2 operands and has 1"},
        {"sin", "expression:1:1:", "'sin' takes 1 operand and has 0"},
        {"1 2", "expression:1:3:", "'2' follows a complete expression"},
        {"+ 1 2\n\n  )", "expression:3:3:", "')' follows a complete"},
        {")", "expression:1:1:", "closes what was not opened"},
        {"()", "expression:1:1:", "holds nothing"},
        {"(3 4)", "expression:1:2:", "is a number"},
        {"((+ 1 2))", "expression:1:2:", "follows another one"},
        {"(+ 1 2", "expression:1:1:", "not closed"},
        {"(", "expression:1:1:", "not closed"},
        {"(+ 1 (", "expression:1:6:", "not closed"},
        {"(+ 1 * 2)", "expression:1:6:", "'*' takes 2 operands and has 1"},
        {"(- 1 2 3)", "expression:1:1:", "'-' takes 1 or 2 operands and has 3"},
        {"(+)", "expression:1:1:", "'+' takes at least 1 operand and has 0"},
        {"(f)", "expression:1:1:", "'f' takes at least 1"},
        {"(sin 1 2)", "expression:1:1:", "'sin' takes 1 operand and has 2"},
        {"+ 1 2x", "expression:1:5:", "'2x' is no number"},
        {"+ 1 $", "expression:1:5:", "'$' is no number"},
        {"+ 1 1e", "expression:1:5:", "'1e' is no number"},
        {"+ 1 x\x01y", "expression:1:5:", "'x?y' is no number"},
        {u8"+ \u00e4\u00f6 \u00a0", "expression:1:6:", "is no number"},
        {"+ 1 1e999", "expression:1:5:", "too large"},
        {"+ 1\n \xff", "expression:2:2:", "malformed UTF-8 (byte 0xff)"},
        {u8"+ \u00e4 \xc3", "expression:1:5:", "malformed UTF-8 (byte 0xc3)"},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; ++i) {
        gph_context_t *context = gph_test_context();
        gph_expression_t *expression = NULL;
        GPH_EXPECT_STATUS(
            context, GPH_ERR_INPUT,
            gph_expression_parse(context, tests[i][0], (int64_t)strlen(tests[i][0]), &expression));
        CU_ASSERT_PTR_NULL(expression);
        const char *error = gph_context_error(context);
        GPH_EXPECT(strncmp(error, tests[i][1], strlen(tests[i][1])) == 0 &&
                       strstr(error, tests[i][2]) != NULL,
                   "'%s': '%s' lacks '%s' or '%s'", tests[i][0], error, tests[i][1], tests[i][2]);
    }
}

/* Valid texts with bytes changed, left out and put in: read, or refused with a place; never worse.
 */
static void test_any_bytes(void)
{
    static const char bytes[] = "()+-*/ \t\n0129.eEx_'\xc3\xa9\xff\x01sin";
    const gph_expression_random_t options = gph_expression_random_default();
    gph_context_t *context = gph_test_context();
    gph_env_t *env = context->env;
    gph_expression_t drawn = gph_expression_init(env);
    gph_array_t text = gph_array_init(env, 1);
    int refused = 0;
    for (uint64_t i = 0; i < 20000; ++i) {
        gph_expression_t *expression = NULL;
        const uint64_t bits = gph_random_u64(8, 1, i);
        CU_ASSERT_EQUAL(gph_expression_draw(&options, 8, i, &drawn), GPH_OK);
        text.count = 0;
        CU_ASSERT_EQUAL(gph_expression_write(&drawn, &text), GPH_OK);
        char *data = text.data;
        for (uint64_t k = 0; k <= bits % 3; ++k) {
            const uint64_t more = gph_random_u64(8, 2 + k, i);
            data[more % (uint64_t)text.count] = bytes[(more >> 32) % (sizeof bytes - 1)];
        }
        const int64_t cut = (bits >> 8) % 4 == 0 ? (int64_t)(bits >> 32) % text.count : text.count;
        gph_context_clear_error(context);
        const gph_status_t status = gph_expression_parse(context, data, cut, &expression);
        CU_ASSERT_TRUE(status == GPH_OK || status == GPH_ERR_INPUT);
        refused += status != GPH_OK;
        if (status == GPH_OK) {
            gph_array_t again = gph_array_init(env, 1);
            gph_expression_t *same = NULL;
            CU_ASSERT_EQUAL(gph_expression_write(expression, &again), GPH_OK);
            CU_ASSERT_EQUAL(gph_expression_parse(context, again.data, again.count, &same), GPH_OK);
            CU_ASSERT_TRUE(same != NULL && gph_expression_equal(expression, same));
            gph_expression_destroy(&same);
            gph_array_free(&again);
        }
        gph_expression_destroy(&expression);
    }
    CU_ASSERT_TRUE(refused > 5000 && refused < 19000);
    gph_array_free(&text);
    gph_expression_free(&drawn);
}

static void test_deep(void)
{
    enum { DEPTH = 300000 };
    gph_context_t *context = gph_test_context();
    gph_env_t *env = context->env;
    gph_array_t text = gph_array_init(env, 1);
    gph_array_t again = gph_array_init(env, 1);
    gph_expression_t *expression = NULL;
    gph_expression_t other = gph_expression_init(env);
    double value = 0;

    for (int i = 0; i < DEPTH; ++i)
        CU_ASSERT_EQUAL(gph_array_append(&text, "(neg ", 5), GPH_OK);
    CU_ASSERT_EQUAL(gph_array_append(&text, "x", 1), GPH_OK);
    for (int i = 0; i < DEPTH; ++i)
        CU_ASSERT_EQUAL(gph_array_append(&text, ")", 1), GPH_OK);
    if (GPH_EXPECT_OK(context, gph_expression_parse(context, text.data, text.count, &expression))) {
        const gph_binding_t x = {"x", 3};
        GPH_EXPECT_OK(context, gph_expression_evaluate(context, expression, 1, &x, &value));
        CU_ASSERT_EQUAL(value, 3);
        GPH_EXPECT_OK(context, gph_expression_write(expression, &again));
        CU_ASSERT_TRUE(again.count == text.count &&
                       memcmp(again.data, text.data, (size_t)text.count) == 0);
        GPH_EXPECT_OK(context, gph_expression_sort(expression, &other));
        CU_ASSERT_TRUE(gph_expression_equal(expression, &other));
    }
    gph_expression_destroy(&expression);
    gph_expression_free(&other);
    gph_array_free(&text);
    gph_array_free(&again);
}

/* Everything once; the status of what failed first. */
static gph_status_t use_all(gph_context_t *context)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const gph_expression_random_t options = gph_expression_random_default();
    const gph_binding_t binding = {"x", 1};
    const char *text = "(+ x 0.123456789012345678 (sin * 2 3) / 1 3)";
    gph_expression_t *expression = NULL;
    gph_expression_t drawn = gph_expression_init(env);
    gph_expression_t folded = gph_expression_init(env);
    gph_expression_t sorted = gph_expression_init(env);
    gph_small_dag_t dag = {0};
    double value = 0;
    int64_t length = 0;
    GPH_TRY(gph_expression_parse(context, text, (int64_t)strlen(text), &expression));
    GPH_TRY(gph_expression_evaluate(context, expression, 1, &binding, &value));
    GPH_TRY(gph_expression_format(expression, 0, NULL, &length));
    GPH_TRY(gph_expression_fold(expression, &folded));
    GPH_TRY(gph_expression_sort(&folded, &sorted));
    GPH_TRY(gph_expression_dag(&sorted, &dag));
    GPH_TRY(gph_expression_draw(&options, 1, 2, &drawn));
cleanup:
    gph_small_dag_free(&dag);
    gph_expression_destroy(&expression);
    gph_expression_free(&drawn);
    gph_expression_free(&folded);
    gph_expression_free(&sorted);
    return status;
}

static void test_faults(void)
{
    gph_context_t *context = gph_test_context();
    const int64_t before = gph_mem_used(context->env);
    int64_t nth = 1;
    gph_status_t status = GPH_ERR_MEMORY;
    for (; status == GPH_ERR_MEMORY && nth < 1000; ++nth) {
        gph_context_clear_error(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, nth);
        status = use_all(context);
        gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), before);
    }
    CU_ASSERT_EQUAL(status, GPH_OK);
    CU_ASSERT_TRUE(nth > 20);
    CU_ASSERT_EQUAL(gph_expression_parse(context, NULL, 1, NULL), GPH_ERR_USAGE);
}

GPH_TEST_SUITE(expression_read, {"reads and writes", test_texts},
               {"shows nodes and the graph", test_nodes},
               {"names the place of what is wrong", test_bad}, {"goes deep", test_deep},
               {"survives any bytes", test_any_bytes},
               {"survives failing allocations", test_faults});
