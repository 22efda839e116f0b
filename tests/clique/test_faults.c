/* Allocations, writes, syncs and renames that fail at the n-th call on one rank while cliques are
 * found: the same status everywhere, nobody hangs, nothing leaks, no file is left over. */
#include "gph/dist.h"
#include "gph_test.h"
#include "oracle.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Most calls that are made to fail, of each kind on each victim. */
enum { SAMPLES = 24 };

static const char *const suffixes[] = {"faults/list.txt", "faults/list.bin", "faults/list.h5"};
static const char *const communities[] = {"faults/communities.txt", "faults/communities.tsv",
                                          "faults/communities.h5"};

/** Files in the folder of results; -1 when it can't be read. */
static int files_left(void)
{
    int count = 0;
    DIR *dir = opendir(gph_test_tmp("faults"));
    if (dir == NULL)
        return -1;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/** Removes the results of a run that went well. Collective. */
static void clear_files(int format)
{
    MPI_Barrier(MPI_COMM_WORLD);
    if (gph_test_rank() == 0) {
        CU_ASSERT_EQUAL(unlink(gph_test_tmp(suffixes[format])), 0);
        CU_ASSERT_EQUAL(unlink(gph_test_tmp("faults/vertices.tsv")), 0);
        CU_ASSERT_EQUAL(unlink(gph_test_tmp(communities[format])), 0);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

static gph_status_t find(gph_context_t *context, const gph_graph_t *graph, int format,
                         int64_t wanted)
{
    gph_clique_options_t options = gph_clique_options_default();
    gph_clique_result_t *result = NULL;
    options.k = 4;
    options.tiles = 20;
    options.list_path = gph_test_tmp(suffixes[format]);
    options.per_vertex_path = gph_test_tmp("faults/vertices.tsv");
    options.communities_path = gph_test_tmp(communities[format]);
    options.percolation =
        format % 2 == 0 ? GPH_CLIQUE_PERCOLATION_FACES : GPH_CLIQUE_PERCOLATION_COVER;
    const gph_status_t status = gph_clique_find(graph, &options, &result);
    gph_fault_plan(context->env, GPH_FAULT_ALLOC, 0);
    CU_ASSERT_TRUE(gph_test_same_i64(status));
    CU_ASSERT_EQUAL(result == NULL, status != GPH_OK);
    if (status == GPH_OK) {
        CU_ASSERT_TRUE(gph_clique_count(result) == (gph_count_t)wanted);
        CU_ASSERT_STRING_EQUAL(gph_context_error(context), "");
        clear_files(format);
    } else {
        CU_ASSERT_TRUE(gph_test_same_text(gph_context_error(context)));
        CU_ASSERT_STRING_NOT_EQUAL(gph_context_error(context), gph_status_name(status));
    }
    gph_clique_result_destroy(&result);
    return status;
}

/** Calls of a kind on the victim during a run that goes well; the same on all ranks. */
static int64_t count_calls(gph_context_t *context, const gph_graph_t *graph, int victim,
                           gph_fault_t kind, int format, int64_t wanted)
{
    int64_t calls = 0;
    gph_context_clear_error(context);
    gph_fault_plan(context->env, kind, 0);
    CU_ASSERT_EQUAL(find(context, graph, format, wanted), GPH_OK);
    calls = gph_fault_calls(context->env, kind);
    MPI_Bcast(&calls, 1, MPI_INT64_T, victim, context->comm);
    return calls;
}

/** Fails call after call of a kind on one rank. */
static void break_rank(gph_context_t *context, const gph_graph_t *graph, int victim,
                       gph_fault_t kind, int format, int64_t wanted)
{
    const int64_t calls = count_calls(context, graph, victim, kind, format, wanted);
    const int64_t step = calls / SAMPLES + 1;
    int64_t failed = 0;
    for (int64_t nth = 1 + victim % step; nth <= calls; nth += step) {
        gph_context_clear_error(context);
        const int64_t start = gph_mem_used(context->env);
        gph_fault_plan(context->env, kind, context->rank == victim ? nth : 0);
        const gph_status_t status = find(context, graph, format, wanted);
        gph_fault_plan(context->env, kind, 0);
        CU_ASSERT_EQUAL(gph_mem_used(context->env), start);
        failed += status != GPH_OK;
        /* A batch that found no memory is tried again, smaller; a file that was finished before
         * the failure may stay. */
        if (status == GPH_OK) {
            CU_ASSERT_EQUAL(kind, GPH_FAULT_ALLOC);
            continue;
        }
        CU_ASSERT_EQUAL(status, kind == GPH_FAULT_ALLOC ? GPH_ERR_MEMORY : GPH_ERR_SYSTEM);
        MPI_Barrier(context->comm);
        if (gph_test_rank() == 0) {
            (void)unlink(gph_test_tmp("faults/vertices.tsv"));
            (void)unlink(gph_test_tmp(communities[format]));
            CU_ASSERT_EQUAL(files_left(), 0);
        }
        MPI_Barrier(context->comm);
    }
    GPH_EXPECT(calls == 0 || failed > 0, "kind %d, rank %d: nothing failed", kind, victim);
}

static void break_ranks(gph_fault_t kind)
{
    static oracle_t oracle;
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = NULL;
    if (gph_test_rank() == 0)
        (void)mkdir(gph_test_tmp("faults"), 0777);
    MPI_Barrier(MPI_COMM_WORLD);
    oracle_sample(8, &oracle);
    if (!GPH_EXPECT_OK(context, oracle_build(context, &oracle, &graph)))
        return;
    const int last = context->ranks - 1;
    for (int format = 0; format < 3; format++)
        for (int victim = 0; victim <= last; victim += last > 0 ? last : 1)
            break_rank(context, graph, victim, kind, format, oracle_count(&oracle, 4));
    gph_graph_destroy(&graph);
}

static void test_allocations(void)
{
    break_ranks(GPH_FAULT_ALLOC);
}

static void test_writes(void)
{
    break_ranks(GPH_FAULT_WRITE);
}

static void test_syncs(void)
{
    break_ranks(GPH_FAULT_SYNC);
}

static void test_renames(void)
{
    break_ranks(GPH_FAULT_RENAME);
}

GPH_TEST_SUITE(faults, {"in allocations", test_allocations}, {"in writes", test_writes},
               {"in syncs", test_syncs}, {"in renames", test_renames});
