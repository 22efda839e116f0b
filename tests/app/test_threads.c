/* The default number of threads. */
#include "gph_test.h"
#include "threads.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

/* Keeps OMP_NUM_THREADS away for one call. */
static int default_without_variable(MPI_Comm comm)
{
    const char *wanted = getenv("OMP_NUM_THREADS");
    char kept[32] = "";
    snprintf(kept, sizeof kept, "%s", wanted ? wanted : "");
    unsetenv("OMP_NUM_THREADS");
    const int threads = app_threads_default(comm);
    if (wanted)
        setenv("OMP_NUM_THREADS", kept, 1);
    return threads;
}

static void test_share_of_cores(void)
{
    const int cores = omp_get_num_procs();
    const int threads = default_without_variable(MPI_COMM_WORLD);
    CU_ASSERT(threads >= 1);
    GPH_EXPECT(threads == 1 || threads * gph_test_ranks() <= cores, "%d threads on %d cores",
               threads, cores);
    CU_ASSERT(gph_test_same_i64(threads));
    CU_ASSERT_EQUAL(default_without_variable(MPI_COMM_SELF), cores);
}

static void test_variable(void)
{
    setenv("OMP_NUM_THREADS", "3", 1);
    omp_set_num_threads(3); /* the run-time library reads the variable only once */
    CU_ASSERT_EQUAL(app_threads_default(MPI_COMM_WORLD), 3);
    setenv("OMP_NUM_THREADS", "1", 1);
    omp_set_num_threads(1);
    CU_ASSERT_EQUAL(app_threads_default(MPI_COMM_WORLD), 1);
}

GPH_TEST_SUITE(threads, {"ranks share the cores of a node", test_share_of_cores},
               {"OMP_NUM_THREADS is respected", test_variable});
