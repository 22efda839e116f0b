/* A failure of the n-th allocation, write, sync or rename on one rank: for every n, the same status
 * on all ranks, no leak, no left-over file, and an older file stays as it was. */
#include "dist/build.h"
#include "io/write.h"
#include "io_files.h"
#include "par/comm.h"

#include <stdio.h>
#include <string.h>

/* Calls that can fail before a job is taken for endless. */
enum { FAULTS_MOST = 400 };

/* A job to be repeated with one fault after the other. */
typedef gph_status_t job_fn(gph_context_t *context, const void *data);

/* True on all ranks when the planned fault struck on the rank that planned it. */
static bool struck(gph_context_t *context, gph_fault_t kind, bool planned, int64_t nth)
{
    int64_t hit = planned && gph_fault_calls(context->env, kind) >= nth;
    GPH_EXPECT_OK(context, gph_comm_reduce_i64(context, GPH_MAX, 1, &hit));
    return hit != 0;
}

/* Runs a job until it succeeds without a fault. */
static void fail_each(const char *what, gph_fault_t kind, int rank, gph_status_t wanted,
                      job_fn *job, const void *data)
{
    bool hit = true;

    for (int64_t nth = 1; hit && nth < FAULTS_MOST; ++nth) {
        gph_context_t *context = gph_test_context();
        const int64_t before = gph_mem_used(context->env);
        const bool planned = context->rank == rank;
        if (planned)
            gph_fault_plan(context->env, kind, nth);
        const gph_status_t status = job(context, data);
        hit = struck(context, kind, planned, nth);
        gph_fault_plan(context->env, kind, 0);
        GPH_EXPECT(status == (hit ? wanted : GPH_OK), "%s, fault %d: %s (%s)", what, (int)nth,
                   gph_status_name(status), gph_context_error(context));
        GPH_EXPECT(gph_test_same_text(gph_context_error(context)), "%s, fault %d: other messages",
                   what, (int)nth);
        io_expect_no_leak(context, before);
    }
    GPH_EXPECT(!hit, "%s still fails", what);
}

static gph_status_t read_job(gph_context_t *context, const void *data)
{
    gph_edges_t edges = gph_edges_init();
    const gph_status_t status = gph_read_edges(context, data, GPH_FORMAT_AUTO, &edges);
    gph_edges_free(&edges);
    return status;
}

/* A graph and where it is written. */
typedef struct write_job {
    const gph_graph_t *graph;
    const char *path;
} write_job_t;

#define OLD "old content"

static gph_status_t write_job(gph_context_t *context, const void *data)
{
    const write_job_t *job = data;
    int64_t size = 0;
    bool ok = true;

    if (context->rank == 0) {
        FILE *file = fopen(job->path, "w");
        ok = file != NULL && fputs(OLD, file) >= 0;
        if (file != NULL && fclose(file) != 0)
            ok = false;
    }
    GPH_EXPECT(gph_test_all(ok), "%s could not be prepared", job->path);
    const gph_status_t status = gph_write_graph(job->graph, job->path, GPH_FORMAT_AUTO);
    if (context->rank == 0) {
        char text[sizeof OLD] = "";
        FILE *file = fopen(job->path, "r");
        if (file != NULL) {
            size = (int64_t)fread(text, 1, sizeof text - 1, file);
            fclose(file);
        }
        ok = (size == sizeof OLD - 1 && strcmp(text, OLD) == 0) == (status != GPH_OK);
    }
    GPH_EXPECT(gph_test_all(ok), "%s is neither old nor new", job->path);
    GPH_EXPECT(gph_test_all(io_count_files(".tmp-") == 0), "a temporary file is left");
    return status;
}

static const char list[] = "0 1 1\n1 2 2\n0 7 3\n5 9 4\n9 0 5\n";

static gph_graph_t *make_graph(gph_context_t *context)
{
    gph_edges_t edges = gph_edges_init();
    gph_graph_t *graph = NULL;
    const char *path = io_put_text("faults.txt", list);

    if (GPH_EXPECT_OK(context, gph_read_edges(context, path, GPH_FORMAT_AUTO, &edges)))
        GPH_EXPECT_OK(context, gph_graph_build(context, &edges, &graph));
    return graph;
}

/* Rank 0 does more than others, the last one shares the end. */
static void fail_reads(const char *path)
{
    fail_each(path, GPH_FAULT_ALLOC, 0, GPH_ERR_MEMORY, read_job, path);
    if (gph_test_ranks() > 1)
        fail_each(path, GPH_FAULT_ALLOC, gph_test_ranks() - 1, GPH_ERR_MEMORY, read_job, path);
}

static void test_reading(void)
{
    fail_reads(io_put_text("a.txt", list));
    fail_reads(io_put_gzip("a.gz", list, sizeof list - 1, 2));
    fail_reads(io_put_text("a.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 2\n"
                                    "1 2\n2 3\n"));
    fail_reads(io_put_text("a.graph", "3 2\n2\n1 3\n2\n"));
}

static void test_reading_hdf5(void)
{
    gph_context_t *context = gph_test_context();
    gph_graph_t *graph = make_graph(context);

    if (graph == NULL)
        return;
    GPH_EXPECT_OK(context, gph_write_graph(graph, gph_test_tmp("a.h5"), GPH_FORMAT_AUTO));
    gph_graph_destroy(&graph);
    fail_reads(gph_test_tmp("a.h5"));
}

static void test_writing(void)
{
    static const char *const names[] = {"f.txt", "f.txt.gz", "f.mtx", "f.graph", "f.h5"};
    static const gph_status_t wanted[GPH_FAULT_KINDS] = {GPH_ERR_MEMORY, GPH_ERR_SYSTEM,
                                                         GPH_ERR_SYSTEM, GPH_ERR_SYSTEM};
    gph_graph_t *graph = make_graph(gph_test_context());

    if (graph == NULL)
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        const write_job_t job = {graph, gph_test_tmp(names[i])};
        for (int kind = 0; kind < GPH_FAULT_KINDS; ++kind) {
            fail_each(names[i], (gph_fault_t)kind, 0, wanted[kind], write_job, &job);
            if (gph_test_ranks() > 1)
                fail_each(names[i], (gph_fault_t)kind, gph_test_ranks() - 1, wanted[kind],
                          write_job, &job);
        }
    }
    gph_graph_destroy(&graph);
}

GPH_TEST_SUITE(io_faults, {"reading text", test_reading}, {"reading HDF5", test_reading_hdf5},
               {"writing", test_writing});
