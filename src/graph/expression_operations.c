/* Operators and functions, and the values of numbers. */
#include "graph/expression.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- operations ----------------------------------------------------------------------------- */

static double plus(double a, double b)
{
    return a + b;
}

static double minus(double a, double b)
{
    return a - b;
}

static double times(double a, double b)
{
    return a * b;
}

static double over(double a, double b)
{
    return a / b;
}

/* C leaves open which zero, and what becomes of NaN; values must not depend on the C library. */
static double least_of(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (double)NAN;
    return a < b || (a == b && signbit(a)) ? a : b;
}

static double most_of(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (double)NAN;
    return a > b || (a == b && !signbit(a)) ? a : b;
}

static double negative(double a)
{
    return -a;
}

/* C libraries miss some functions by more than one unit in the last place; these are rounded from
 * long double, where that has more digits. */
static double wide_cbrt(double a)
{
    return (double)cbrtl(a);
}

static double wide_log10(double a)
{
    return (double)log10l(a);
}

static double wide_sinh(double a)
{
    return (double)sinhl(a);
}

static double wide_cosh(double a)
{
    return (double)coshl(a);
}

static double wide_tanh(double a)
{
    return (double)tanhl(a);
}

#define OPERATOR(name, least, most, commutes, one, two)                                            \
    {                                                                                              \
        name, GPH_NODE_OPERATOR, 2, least, most, commutes, one, two                                \
    }
#define BINARY(name, most, commutes, two)                                                          \
    {                                                                                              \
        name, GPH_NODE_FUNCTION, 2, (most) == 0 ? 1 : 2, most, commutes, NULL, two                 \
    }
#define UNARY(name, one)                                                                           \
    {                                                                                              \
        name, GPH_NODE_FUNCTION, 1, 1, 1, false, one, NULL                                         \
    }

const gph_operation_t gph_operations[] = {
    OPERATOR("+", 1, 0, true, NULL, plus),
    OPERATOR("-", 1, 2, false, negative, minus),
    OPERATOR("*", 1, 0, true, NULL, times),
    OPERATOR("/", 2, 2, false, NULL, over),
    OPERATOR("^", 2, 2, false, NULL, pow),
    OPERATOR("%", 2, 2, false, NULL, fmod),
    BINARY("min", 0, true, least_of),
    BINARY("max", 0, true, most_of),
    BINARY("pow", 2, false, pow),
    BINARY("atan2", 2, false, atan2),
    BINARY("hypot", 2, true, hypot),
    UNARY("neg", negative),
    UNARY("abs", fabs),
    UNARY("sqrt", sqrt),
    UNARY("cbrt", wide_cbrt),
    UNARY("exp", exp),
    UNARY("log", log),
    UNARY("log2", log2),
    UNARY("log10", wide_log10),
    UNARY("sin", sin),
    UNARY("cos", cos),
    UNARY("tan", tan),
    UNARY("asin", asin),
    UNARY("acos", acos),
    UNARY("atan", atan),
    UNARY("sinh", wide_sinh),
    UNARY("cosh", wide_cosh),
    UNARY("tanh", wide_tanh),
    UNARY("floor", floor),
    UNARY("ceil", ceil),
    UNARY("round", round),
    {NULL, GPH_NODE_PLAIN, 0, 0, 0, false, NULL, NULL},
};

const gph_operation_t *gph_operation_find(const char *text, int64_t length)
{
    for (const gph_operation_t *row = gph_operations; row->name != NULL; ++row)
        if (row->name[0] == text[0] && strlen(row->name) == (size_t)length &&
            memcmp(row->name, text, (size_t)length) == 0)
            return row;
    return NULL;
}

double gph_operation_apply(const gph_operation_t *operation, int64_t count, const double *operands)
{
    double value = operands[0];
    if (count == 1)
        return operation->one != NULL ? operation->one(value) : value;
    for (int64_t i = 1; i < count; ++i)
        value = operation->two(value, operands[i]);
    return value;
}

/* --- numbers -------------------------------------------------------------------------------- */

static int64_t skip_digits(const char *text, int64_t length, int64_t at)
{
    while (at < length && text[at] >= '0' && text[at] <= '9')
        ++at;
    return at;
}

static int64_t skip_sign(const char *text, int64_t length, int64_t at)
{
    return at + (at < length && (text[at] == '-' || text[at] == '+'));
}

gph_node_type_t gph_number_type(const char *text, int64_t length)
{
    const int64_t begin = skip_sign(text, length, 0);
    int64_t at = skip_digits(text, length, begin);
    int64_t digits = at - begin;

    if (digits > 0 && at == length)
        return GPH_NODE_INTEGER;
    if (at < length && text[at] == '.') {
        const int64_t point = at + 1;
        at = skip_digits(text, length, point);
        digits += at - point;
    }
    if (digits > 0 && at < length && (text[at] == 'e' || text[at] == 'E')) {
        const int64_t exponent = skip_sign(text, length, at + 1);
        at = skip_digits(text, length, exponent);
        if (at == exponent)
            return GPH_NODE_PLAIN;
    }
    return digits > 0 && at == length ? GPH_NODE_FLOAT : GPH_NODE_PLAIN;
}

/* Few digits and a small power of ten are doubles themselves: one correctly rounded operation gives
 * the value (Clinger 1990). False for everything else. */
static bool simple_value(const char *text, int64_t length, double *value)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int64_t at = skip_sign(text, length, 0);
    int64_t digits = 0;
    int64_t whole = 0;
    int places = 0;

    for (bool point = false; at < length; ++at) {
        if (text[at] == '.') {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9' || ++digits > DBL_DIG)
            return false;
        whole = whole * 10 + (text[at] - '0');
        places += point;
    }
    const double magnitude = (double)whole / power[places];
    *value = text[0] == '-' ? -magnitude : magnitude;
    return true;
}

gph_status_t gph_number_value(gph_env_t *env, const char *text, int64_t length, double *value)
{
    gph_status_t status = GPH_OK;
    char *copy = NULL;
    const locale_t none = (locale_t)0;
    locale_t c = none;

    if (simple_value(text, length, value))
        return GPH_OK;
    /* strtod() wants a final NUL, and reads the locale of the thread. */
    GPH_TRY(gph_alloc(env, length + 1, 1, &copy));
    memcpy(copy, text, (size_t)length);
    copy[length] = '\0';
    c = newlocale(LC_ALL_MASK, "C", none);
    if (c == none)
        GPH_TRY(gph_fail(env, GPH_ERR_SYSTEM, "the C locale is not to be had"));
    const locale_t before = uselocale(c);
    *value = strtod(copy, NULL);
    uselocale(before);

cleanup:
    if (c != none)
        freelocale(c);
    gph_free(copy);
    return status;
}
