/* What the tests of expressions share. */
#include "expressions.h"

#include <math.h>
#include <string.h>

bool test_expression_read(gph_env_t *env, const char *text, gph_expression_t *expression)
{
    const gph_expression_source_t source = {.name = "test", .line = 1};
    return GPH_EXPECT_OK(gph_test_context(),
                         gph_expression_read(env, source, text, (int64_t)strlen(text), expression));
}

bool test_expression_text(const gph_array_t *text, const char *wanted)
{
    return text->count == (int64_t)strlen(wanted) &&
           memcmp(text->data, wanted, (size_t)text->count) == 0;
}

bool test_expression_value(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}
