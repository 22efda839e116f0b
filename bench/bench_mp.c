/*
 * Time of algorithms on a graph in memory: bench_mp GRAPH [THREADS [TRIALS [SOURCE [ALGORITHM]]]],
 * by itself or under mpirun. Prints the best of the trials in seconds: of the phase named after the
 * algorithm, by the clock and of all processors together, and of the whole call, which also counts
 * components and the like. PageRank does 20 sweeps. SOURCE -1 is the vertex of most neighbours.
 */
#include "base/clock.h"
#include "gph/gph.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PHASES = 64, SWEEPS = 20 };

/* Seconds spent so far in the phase of a name, by the slowest rank, and processor time of all. */
static gph_status_t spent(gph_context_t *context, const char *name, double seconds[2])
{
    gph_phase_t phase[PHASES];
    int count = 0;
    const gph_status_t status = gph_context_phases(context, phase, PHASES, &count);
    seconds[0] = seconds[1] = 0;
    for (int p = 0; status == GPH_OK && p < count && p < PHASES; p++)
        if (strcmp(phase[p].name, name) == 0) {
            seconds[0] = phase[p].max_seconds;
            seconds[1] = phase[p].cpu_seconds;
        }
    return status;
}

static gph_status_t run(gph_context_t *context, const gph_graph_t *graph,
                        gph_mp_algorithm_t algorithm, int trials, const gph_mp_options_t *options)
{
    gph_status_t status = GPH_OK;
    const char *name = gph_mp_algorithm_name(algorithm);
    double best[3] = {1e30, 1e30, 1e30}; /* clock, processors, whole call */
    char digest[33] = "";

    for (int t = 0; t < trials && status == GPH_OK; t++) {
        gph_mp_result_t *result = NULL;
        double before[2] = {0, 0};
        double after[2] = {0, 0};
        status = spent(context, name, before);
        double whole = -gph_clock_now();
        if (status == GPH_OK)
            status = gph_mp_compute(graph, algorithm, options, &result);
        whole += gph_clock_now();
        if (status == GPH_OK)
            status = spent(context, name, after);
        if (status == GPH_OK)
            status = gph_mp_result_digest(result, digest);
        gph_mp_result_destroy(&result);
        for (int i = 0; i < 2; i++)
            best[i] = after[i] - before[i] < best[i] ? after[i] - before[i] : best[i];
        best[2] = whole < best[2] ? whole : best[2];
    }
    if (status == GPH_OK && gph_context_rank(context) == 0)
        printf("%-10s %8.4f  processors %8.4f  whole %8.4f  digest %s\n", name, best[0], best[1],
               best[2], digest);
    return status;
}

int main(int argc, char **argv)
{
    gph_context_t *context = NULL;
    gph_graph_t *graph = NULL;
    gph_context_options_t setup = gph_context_options_default();
    gph_mp_options_t options = gph_mp_options_default();
    const int trials = argc > 3 ? atoi(argv[3]) : 5;
    const char *only = argc > 5 ? argv[5] : NULL;
    static const gph_mp_algorithm_t algorithms[] = {GPH_MP_PAGERANK, GPH_MP_BFS, GPH_MP_COMPONENTS,
                                                    GPH_MP_TRIANGLES};
    if (argc < 2) {
        fprintf(stderr, "usage: bench_mp GRAPH [THREADS [TRIALS [SOURCE [ALGORITHM]]]]\n");
        return GPH_ERR_USAGE;
    }
    setup.threads = argc > 2 ? atoi(argv[2]) : setup.threads;
    options.source = argc > 4 ? atoll(argv[4]) : -1;
    gph_status_t status = gph_context_create(MPI_COMM_WORLD, &setup, &context);
    if (status != GPH_OK)
        return (int)status;
    status = gph_graph_load(context, argv[1], GPH_FORMAT_AUTO, &graph);
    for (size_t a = 0; a < sizeof algorithms / sizeof *algorithms && status == GPH_OK; a++) {
        gph_mp_options_t with = options;
        if (algorithms[a] == GPH_MP_PAGERANK) {
            with.tolerance = 0;
            with.limits.sweeps = SWEEPS;
        }
        if (only == NULL || strcmp(only, gph_mp_algorithm_name(algorithms[a])) == 0)
            status = run(context, graph, algorithms[a], trials, &with);
    }
    if (status != GPH_OK && gph_context_rank(context) == 0)
        fprintf(stderr, "%s\n", gph_context_error(context));
    gph_graph_destroy(&graph);
    gph_context_destroy(&context);
    return (int)status;
}
