/*
 * Time of edit distances, or of their bounds: bench_ged COLLECTION PAIRS [METHOD [THRESHOLD
 * [REPETITIONS [decide]]]]. PAIRS has `i j` a line, and may have the distance behind; bounds are
 * checked against it. Prints microseconds a pair on one thread, the best of the repetitions,
 * reading left out.
 */
#include "base/clock.h"
#include "gph/gph.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct pair {
    long i;
    long j;
    double distance; /* -1: not known */
} pair_t;

/* Sums over all pairs. */
typedef struct sums {
    double lower;
    double upper;
    long exact;
    long over;
    long wrong; /* distances outside the bounds */
} sums_t;

static pair_t *read_pairs(const char *path, long *count)
{
    FILE *file = fopen(path, "r");
    pair_t *pairs = NULL;
    char line[256];
    *count = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        pair_t pair = {0, 0, -1};
        if (sscanf(line, "%ld %ld %lf", &pair.i, &pair.j, &pair.distance) < 2)
            continue;
        pair_t *more = realloc(pairs, (size_t)(*count + 1) * sizeof *pairs);
        if (more == NULL)
            break;
        pairs = more;
        pairs[(*count)++] = pair;
    }
    if (file != NULL)
        (void)fclose(file);
    return pairs;
}

static gph_status_t run(gph_ged_t *ged, const gph_collection_t *collection, const pair_t *pairs,
                        long count, const gph_ged_options_t *options, sums_t *sums)
{
    gph_status_t status = GPH_OK;
    *sums = (sums_t){0};
    for (long p = 0; p < count && status == GPH_OK; p++) {
        gph_ged_result_t result;
        status = gph_ged_compute(ged, gph_collection_graph(collection, pairs[p].i),
                                 gph_collection_graph(collection, pairs[p].j), options, &result);
        if (status != GPH_OK)
            break;
        sums->lower += result.lower;
        sums->upper += result.upper;
        sums->exact += result.exact;
        sums->over += result.over;
        sums->wrong += pairs[p].distance >= 0 && (result.lower > pairs[p].distance + 1e-9 ||
                                                  result.upper < pairs[p].distance - 1e-9);
    }
    return status;
}

int main(int argc, char **argv)
{
    gph_context_t *context = NULL;
    gph_collection_t *collection = NULL;
    gph_ged_t *ged = NULL;
    gph_ged_options_t options = gph_ged_options_default();
    gph_status_t status = GPH_ERR_USAGE;
    sums_t sums = {0};
    long count = 0;
    double best = -1;
    const int repetitions = argc > 5 ? atoi(argv[5]) : 3;
    if (argc < 3 || (argc > 3 && !gph_ged_method_parse(argv[3], &options.method))) {
        fprintf(stderr,
                "usage: bench_ged COLLECTION PAIRS [METHOD [THRESHOLD [REPETITIONS [decide]]]]\n");
        return GPH_ERR_USAGE;
    }
    if (argc > 4)
        options.threshold = atof(argv[4]);
    options.decide = argc > 6 && strcmp(argv[6], "decide") == 0;
    pair_t *pairs = read_pairs(argv[2], &count);
    if (gph_context_create(MPI_COMM_WORLD, NULL, &context) != GPH_OK)
        return GPH_ERR_SYSTEM;
    if ((status = gph_collection_load(context, argv[1], NULL, &collection)) == GPH_OK)
        status = gph_ged_create(context, NULL, &ged);
    for (int r = 0; r < repetitions && status == GPH_OK; r++) {
        const double start = gph_clock_now();
        status = run(ged, collection, pairs, count, &options, &sums);
        const double seconds = gph_clock_now() - start;
        best = best < 0 || seconds < best ? seconds : best;
    }
    if (status == GPH_OK)
        printf(
            "%-9s %8.3f us a pair, %ld pairs, lower %g, upper %g, exact %ld, over %ld, wrong %ld\n",
            gph_ged_method_name(options.method), best * 1e6 / (double)count, count, sums.lower,
            sums.upper, sums.exact, sums.over, sums.wrong);
    else
        fprintf(stderr, "%s\n", gph_context_error(context));
    free(pairs);
    gph_ged_destroy(&ged);
    gph_collection_destroy(&collection);
    gph_context_destroy(&context);
    return (int)status;
}
