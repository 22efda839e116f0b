/* Values of expressions, against long double and an evaluator of its own. */
#include "base/random.h"
#include "expressions.h"
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
    if (!test_expression_read(context->env, written, again))
        return;
    CU_ASSERT_TRUE(gph_expression_equal(drawn, again));
    CU_ASSERT_EQUAL(gph_expression_write(again, &back), GPH_OK);
    GPH_EXPECT(test_expression_text(&back, written), "'%s' became another text", written);
    CU_ASSERT_EQUAL(gph_expression_value(context->env, again, values, &value), GPH_OK);
    oracle.at = written;
    const double wanted = oracle_value(&oracle);
    GPH_EXPECT(test_expression_value(value, wanted), "'%s' is %a, not %a", written, value, wanted);
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

GPH_TEST_SUITE(expression_values, {"operations are within one ulp", test_operations},
               {"random ones go round and have the values of an oracle", test_random},
               {"says what has no value", test_no_value}, {"knows pi", test_pi});
