/* Expressions: reading, writing, bad input, values against long double, rewriting, faults. */
#include "base/random.h"
#include "gph_test.h"
#include "graph/expression.h"
#include "par/comm.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Random expressions of the round trip, over all ranks. */
enum { RANDOM_EXPRESSIONS = 100000 };

/* Operands that each operation is tried on. */
enum { OPERANDS = 2000 };

static gph_env_t *env_of_test(void)
{
    return gph_test_context()->env;
}

/* Reads text, or records a failure. */
static bool read_text(gph_env_t *env, const char *text, gph_expression_t *expression)
{
    const gph_expression_source_t source = {.name = "test", .line = 1};
    return GPH_EXPECT_OK(gph_test_context(),
                         gph_expression_read(env, source, text, (int64_t)strlen(text), expression));
}

static bool same_text(const gph_array_t *text, const char *wanted)
{
    return text->count == (int64_t)strlen(wanted) &&
           memcmp(text->data, wanted, (size_t)text->count) == 0;
}

/* --- reading and writing -------------------------------------------------------------------- */

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
    gph_env_t *env = env_of_test();

    for (size_t i = 0; i < sizeof tests / sizeof *tests; ++i) {
        gph_expression_t expression = gph_expression_init(env);
        gph_array_t text = gph_array_init(env, 1);
        if (read_text(env, tests[i][0], &expression)) {
            GPH_EXPECT_OK(gph_test_context(), gph_expression_write(&expression, &text));
            GPH_EXPECT(same_text(&text, tests[i][1]), "'%s' became '%.*s'", tests[i][0],
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

/* --- values --------------------------------------------------------------------------------- */

/* An operation in long double, by other formulas than the library's where these are long double. */
static long double reference(const char *name, long double a, long double b)
{
    static const struct {
        const char *name;
        long double (*one)(long double);
    } ones[] = {{"neg", NULL},     {"abs", fabsl},  {"sqrt", sqrtl},  {"exp", expl},
                {"log", logl},     {"log2", log2l}, {"sin", sinl},    {"cos", cosl},
                {"tan", tanl},     {"asin", asinl}, {"acos", acosl},  {"atan", atanl},
                {"floor", floorl}, {"ceil", ceill}, {"round", roundl}};
    for (size_t i = 0; i < sizeof ones / sizeof *ones; ++i)
        if (strcmp(ones[i].name, name) == 0)
            return ones[i].one != NULL ? ones[i].one(a) : -a;
    if (strcmp(name, "log10") == 0)
        return logl(a) / logl(10);
    if (strcmp(name, "cbrt") == 0)
        return copysignl(powl(fabsl(a), 1.0L / 3), a);
    if (strcmp(name, "sinh") == 0)
        return (expm1l(a) - expm1l(-a)) / 2;
    if (strcmp(name, "cosh") == 0)
        return (expl(a) + expl(-a)) / 2;
    if (strcmp(name, "tanh") == 0)
        return fabsl(a) > 100 ? copysignl(1, a) : expm1l(2 * a) / (expm1l(2 * a) + 2);
    if (strcmp(name, "min") == 0)
        return fminl(a, b);
    if (strcmp(name, "max") == 0)
        return fmaxl(a, b);
    if (strcmp(name, "atan2") == 0)
        return atan2l(a, b);
    if (strcmp(name, "hypot") == 0)
        return hypotl(a, b);
    switch (name[0]) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    case '/':
        return a / b;
    case '%':
        return fmodl(a, b);
    default:
        return powl(a, b); /* ^ and pow */
    }
}

/* True when value is within one unit in the last place of the reference. */
static bool within_ulp(double value, long double wanted)
{
    if (isnan(value) || isnan(wanted))
        return isnan(value) && isnan(wanted);
    if (fabsl(wanted) > DBL_MAX)
        return isinf(value) ? (value < 0) == (wanted < 0) : fabs(value) == DBL_MAX;
    if (isinf(value))
        return nextafter(DBL_MAX, 0) <= fabsl(wanted);
    const double magnitude = fabs((double)wanted);
    const double below = nextafter(magnitude, 0);
    const long double ulp = magnitude > 0 ? (long double)magnitude - below : 0x1p-1074L;
    return fabsl(value - wanted) <= ulp * 1.0001L || fabsl(value - wanted) <= 0x1p-1074L;
}

/* Operand `index`: of all magnitudes that an operation still tells apart, or near 0. */
static double operand(int64_t index, uint64_t stream)
{
    const gph_random2_t bits = gph_random2(7, stream, (uint64_t)index);
    const double unit = gph_random_unit(bits.a) * 2 - 1;
    static const double scale[] = {1, 10, 700, 1e-5, 1e6, 1e-300, 3};
    return unit * scale[bits.b % (sizeof scale / sizeof *scale)];
}

static void test_operations(void)
{
    gph_context_t *context = gph_test_context();
    for (const gph_operation_t *row = gph_operations; row->name != NULL; ++row) {
        char text[32] = "";
        gph_expression_t *expression = NULL;
        snprintf(text, sizeof text, row->usual == 2 ? "%s a b" : "%s a", row->name);
        if (!GPH_EXPECT_OK(context,
                           gph_expression_parse(context, text, (int64_t)strlen(text), &expression)))
            continue;
        for (int64_t i = 0; i < OPERANDS; ++i) {
            const gph_binding_t bindings[] = {{"b", operand(i, 1)}, {"a", operand(i, 0)}};
            double value = 0;
            CU_ASSERT_EQUAL(gph_expression_evaluate(context, expression, 2, bindings, &value),
                            GPH_OK);
            const long double wanted = reference(row->name, bindings[1].value, bindings[0].value);
            GPH_EXPECT(within_ulp(value, wanted), "%s %a %a is %a, not %La", row->name,
                       bindings[1].value, bindings[0].value, value, wanted);
        }
        gph_expression_destroy(&expression);
    }
    CU_ASSERT_FALSE(within_ulp(1.0, 1.0L + 0x1p-51L)); /* it can fail */
    CU_ASSERT_FALSE(within_ulp(1e300, INFINITY));
}

/* An evaluator of its own, by recursive descent over the text. */
typedef struct oracle {
    const char *at;
    const double *symbol; /* [26] */
} oracle_t;

static double oracle_value(oracle_t *oracle);

static double oracle_apply(const char *name, int count, const double *values)
{
    /* Long double rounded to double is right for exact operations; for others the same C function
     * is taken, as the last bit may differ. */
    double (*one)(double) = NULL;
    static const struct {
        const char *name;
        double (*one)(double);
    } ones[] = {{"exp", exp}, {"log", log},   {"log2", log2}, {"sin", sin},   {"cos", cos},
                {"tan", tan}, {"asin", asin}, {"acos", acos}, {"atan", atan}, {"sqrt", sqrt}};
    double value = values[0];
    for (size_t i = 0; i < sizeof ones / sizeof *ones; ++i)
        if (strcmp(ones[i].name, name) == 0)
            one = ones[i].one;
    if (one != NULL)
        return one(value);
    if (strcmp(name, "cbrt") == 0)
        return (double)cbrtl(value);
    if (strcmp(name, "log10") == 0)
        return (double)log10l(value);
    if (strcmp(name, "sinh") == 0)
        return (double)sinhl(value);
    if (strcmp(name, "cosh") == 0)
        return (double)coshl(value);
    if (strcmp(name, "tanh") == 0)
        return (double)tanhl(value);
    if (count == 1 && strchr("+*", name[0]) == NULL && strcmp(name, "min") != 0 &&
        strcmp(name, "max") != 0)
        return name[0] == '-' ? -value : (double)reference(name, value, 0);
    for (int i = 1; i < count; ++i) {
        if (strcmp(name, "^") == 0 || strcmp(name, "pow") == 0)
            value = pow(value, values[i]);
        else if (strcmp(name, "atan2") == 0)
            value = atan2(value, values[i]);
        else if (strcmp(name, "hypot") == 0)
            value = hypot(value, values[i]);
        else if (strcmp(name, "%") == 0)
            value = fmod(value, values[i]);
        else if (strcmp(name, "+") == 0)
            value = value + values[i];
        else if (strcmp(name, "-") == 0)
            value = value - values[i];
        else if (strcmp(name, "*") == 0)
            value = value * values[i];
        else if (strcmp(name, "/") == 0)
            value = value / values[i];
        else if (isnan(value) || isnan(values[i]))
            value = NAN;
        else if (value == 0 && values[i] == 0) /* C leaves open which zero */
            value = (name[1] == 'i') == (signbit(value) != 0) ? value : values[i];
        else
            value = (double)reference(name, value, values[i]);
    }
    return value;
}

static double oracle_value(oracle_t *oracle)
{
    double values[16] = {0};
    char name[32] = "";
    int count = 0;
    while (*oracle->at == ' ')
        ++oracle->at;
    const bool grouped = *oracle->at == '(';
    oracle->at += grouped;
    const size_t length = strcspn(oracle->at, " ()");
    memcpy(name, oracle->at, length);
    oracle->at += length;
    if (!grouped && strpbrk(name, "0123456789") != NULL && strcmp(name, "log2") != 0 &&
        strcmp(name, "log10") != 0 && strcmp(name, "atan2") != 0)
        return strtod(name, NULL);
    if (!grouped && length == 1 && name[0] >= 'a' && name[0] <= 'z')
        return oracle->symbol[name[0] - 'a'];
    if (grouped) {
        while (*oracle->at != ')')
            values[count++] = oracle_value(oracle);
        ++oracle->at;
    } else {
        const bool two = strchr("+-*/^%", name[0]) != NULL || strcmp(name, "min") == 0 ||
                         strcmp(name, "max") == 0 || strcmp(name, "pow") == 0 ||
                         strcmp(name, "atan2") == 0 || strcmp(name, "hypot") == 0;
        for (count = 0; count < 1 + two; ++count)
            values[count] = oracle_value(oracle);
    }
    return oracle_apply(name, count, values);
}

static bool same_value(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

/* One random expression: text -> expression -> text, and its value. */
static void check_random(gph_context_t *context, const gph_expression_t *drawn,
                         const double *symbol, const gph_symbol_values_t *values, gph_array_t *text,
                         gph_expression_t *again, gph_digest_t *sum, uint64_t index)
{
    gph_array_t back = gph_array_init(context->env, 1);
    oracle_t oracle = {.symbol = symbol};
    double value = 0;

    text->count = 0;
    CU_ASSERT_EQUAL(gph_expression_write(drawn, text), GPH_OK);
    CU_ASSERT_EQUAL(gph_array_push(text, ""), GPH_OK);
    const char *written = text->data;
    gph_expression_clear(again);
    if (!read_text(context->env, written, again))
        return;
    CU_ASSERT_TRUE(gph_expression_equal(drawn, again));
    CU_ASSERT_EQUAL(gph_expression_write(again, &back), GPH_OK);
    GPH_EXPECT(same_text(&back, written), "'%s' became another text", written);
    CU_ASSERT_EQUAL(gph_expression_value(context->env, again, values, &value), GPH_OK);
    oracle.at = written;
    const double wanted = oracle_value(&oracle);
    GPH_EXPECT(same_value(value, wanted), "'%s' is %a, not %a", written, value, wanted);
    gph_digest_add(sum, gph_digest_item(index, written, (size_t)back.count));
    gph_array_free(&back);
}

static void test_random(void)
{
    gph_context_t *context = gph_test_context();
    const gph_expression_random_t options = gph_expression_random_default();
    static const gph_binding_t bindings[] = {{"x", 1.25}, {"y", -0.75}, {"z", 3.5}};
    double symbol[26] = {0};
    gph_symbol_values_t values = {0};
    gph_expression_t drawn = gph_expression_init(context->env);
    gph_expression_t again = gph_expression_init(context->env);
    gph_array_t text = gph_array_init(context->env, 1);
    gph_digest_t sum = {0};
    char digest[GPH_DIGEST_CHARS] = "";

    symbol['x' - 'a'] = 1.25;
    symbol['y' - 'a'] = -0.75;
    symbol['z' - 'a'] = 3.5;
    CU_ASSERT_EQUAL(gph_symbol_values_make(context->env, 3, bindings, &values), GPH_OK);
    for (int64_t i = context->rank; i < RANDOM_EXPRESSIONS; i += context->ranks) {
        if (!GPH_EXPECT_OK(context, gph_expression_draw(&options, 5, (uint64_t)i, &drawn)))
            break;
        check_random(context, &drawn, symbol, &values, &text, &again, &sum, (uint64_t)i);
    }
    gph_free(values.binding);
    gph_expression_free(&drawn);
    gph_expression_free(&again);
    gph_array_free(&text);
    CU_ASSERT_EQUAL(gph_comm_sum_digest(context, &sum), GPH_OK);
    gph_test_expect_same("random expressions", gph_digest_format(sum, digest));
}

static void test_no_value(void)
{
    static const struct {
        const char *text;
        gph_binding_t binding[2];
        int64_t count;
        const char *wanted;
    } tests[] = {
        {"+ x 1", {{"xx", 1}}, 1, "symbol 'x' has no value"},
        {"+ xx 1", {{"x", 1}}, 1, "symbol 'xx' has no value"},
        {"(f 1 2)", {{"f", 1}}, 1, "function 'f' of 2 operands has no value"},
        {"x", {{"x", 1}, {"x", 1}}, 2, "symbol 'x' has two values"},
        {"x", {{"", 1}}, 1, "has no name"},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; ++i) {
        gph_context_t *context = gph_test_context();
        gph_expression_t *expression = NULL;
        double value = 42;
        if (!GPH_EXPECT_OK(context,
                           gph_expression_parse(context, tests[i].text,
                                                (int64_t)strlen(tests[i].text), &expression)))
            continue;
        GPH_EXPECT_STATUS(
            context, GPH_ERR_USAGE,
            gph_expression_evaluate(context, expression, tests[i].count, tests[i].binding, &value));
        CU_ASSERT_EQUAL(value, 42);
        GPH_EXPECT(strstr(gph_context_error(context), tests[i].wanted) != NULL, "'%s' lacks '%s'",
                   gph_context_error(context), tests[i].wanted);
        gph_expression_destroy(&expression);
    }
}

static void test_pi(void)
{
    gph_context_t *context = gph_test_context();
    const gph_binding_t binding = {"pi", 3};
    gph_expression_t *expression = NULL;
    double value = 0;
    if (!GPH_EXPECT_OK(context, gph_expression_parse(context, "* 1 pi", 6, &expression)))
        return;
    GPH_EXPECT_OK(context, gph_expression_evaluate(context, expression, 0, NULL, &value));
    CU_ASSERT_EQUAL(value, acos(-1));
    GPH_EXPECT_OK(context, gph_expression_evaluate(context, expression, 1, &binding, &value));
    CU_ASSERT_EQUAL(value, 3);
    gph_expression_destroy(&expression);
}

/* --- rewriting ------------------------------------------------------------------------------ */

typedef gph_status_t rewrite_fn(const gph_expression_t *, gph_expression_t *);

static void expect_rewritten(rewrite_fn *rewrite, const char *text, const char *wanted)
{
    gph_context_t *context = gph_test_context();
    gph_expression_t before = gph_expression_init(context->env);
    gph_expression_t after = gph_expression_init(context->env);
    gph_array_t out = gph_array_init(context->env, 1);
    if (read_text(context->env, text, &before) &&
        GPH_EXPECT_OK(context, rewrite(&before, &after)) &&
        GPH_EXPECT_OK(context, gph_expression_write(&after, &out)))
        GPH_EXPECT(same_text(&out, wanted), "'%s' became '%.*s', not '%s'", text, (int)out.count,
                   (const char *)out.data, wanted);
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
        CU_ASSERT_TRUE(same_value(value[0], value[1]));
        gph_expression_free(&drawn);
        gph_expression_free(&other);
        gph_expression_free(&folded);
        gph_expression_free(&sorted[0]);
        gph_expression_free(&sorted[1]);
    }
    CU_ASSERT_TRUE(changed > 1000);
    gph_free(values.binding);
}

/* --- faults --------------------------------------------------------------------------------- */

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

GPH_TEST_SUITE(expression, {"reads and writes", test_texts},
               {"shows nodes and the graph", test_nodes},
               {"names the place of what is wrong", test_bad}, {"goes deep", test_deep},
               {"survives any bytes", test_any_bytes},
               {"operations are within one ulp", test_operations},
               {"random ones go round and have the values of an oracle", test_random},
               {"says what has no value", test_no_value}, {"knows pi", test_pi},
               {"folds constants", test_fold}, {"sorts what commutes", test_sort},
               {"rewriting keeps values and forgets order", test_rewrite_random},
               {"survives failing allocations", test_faults});
