/** Between main() and the helpers of the test programs. */
#ifndef GPH_TEST_INTERNAL_H
#define GPH_TEST_INTERNAL_H

#include <stdbool.h>

/** Makes the shared folder. program is argv[0]. Collective over MPI_COMM_WORLD. */
bool gph_test_begin(const char *program);

/** Prints what was skipped, destroys the shared context, removes the shared folder. Collective. */
void gph_test_end(void);

#endif
