/** What the tests of expressions share. */
#ifndef GPH_TEST_EXPRESSIONS_H
#define GPH_TEST_EXPRESSIONS_H

#include "gph_test.h"
#include "graph/expression.h"

/** Reads text, or records a failure. Local. */
bool test_expression_read(gph_env_t *env, const char *text, gph_expression_t *expression);

/** Whether an array of bytes holds the wanted text. Local. */
bool test_expression_text(const gph_array_t *text, const char *wanted);

/** Whether two values are the same: equal, zeros of one sign, or both no number. Local. */
bool test_expression_value(double a, double b);

#endif
