/* A program that leaves MPI to the context: initialised by the first, finalised with it. */
#include "gph/par.h"
#include "par/comm.h"

#include <stdio.h>

static int check(int ok, const char *what)
{
    if (!ok)
        fprintf(stderr, "own_mpi: %s\n", what);
    return !ok;
}

int main(void)
{
    gph_context_t *context = NULL;
    gph_context_t *second = NULL;
    gph_context_t *late = NULL;
    int initialised = 1;
    int finalised = 1;
    int failures = 0;

    MPI_Initialized(&initialised);
    failures += check(!initialised, "MPI runs before the first context");
    failures += check(gph_context_create(MPI_COMM_WORLD, NULL, &context) == GPH_OK, "create");
    if (failures > 0)
        return 1;
    failures += check(gph_context_create(MPI_COMM_WORLD, NULL, &second) == GPH_OK, "second");
    failures += check(context->owns_mpi && !second->owns_mpi, "the first context alone owns MPI");
    failures += check(context->thread_multiple, "MPI_THREAD_MULTIPLE was not asked for");
    int64_t ranks = 1;
    failures += check(gph_comm_reduce_i64(second, GPH_SUM, 1, &ranks) == GPH_OK, "reduce");
    failures +=
        check(ranks == gph_context_ranks(context), "the sum of ones is the number of ranks");
    gph_context_destroy(&second);
    MPI_Finalized(&finalised);
    failures += check(!finalised, "the second context finalised MPI");
    gph_context_destroy(&context);
    MPI_Finalized(&finalised);
    failures += check(finalised, "the first context did not finalise MPI");
    failures += check(context == NULL && second == NULL, "a pointer was not nulled");
    failures += check(gph_context_create(MPI_COMM_WORLD, NULL, &late) == GPH_ERR_SYSTEM,
                      "a context was made after the end of MPI");
    failures += check(late == NULL, "a failed creation set its result");
    return failures > 0;
}
