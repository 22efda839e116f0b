/* What the par layer costs: messages, agreement, and handing out tasks. Run it under mpirun:
 *   mpirun -n 2 build/release/bench/bench_par [threads]
 * One line for each, best of REPEATS; times are those of the slowest rank. */
#include "base/clock.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPEATS = 10, MOST_RANKS = 1024, TASKS = 100000 };

/* What one measurement needs. */
typedef struct trial {
    gph_context_t *context;
    int64_t elements; /* of 8 bytes, to each rank */
    int64_t *send;
    int64_t *recv;
    int64_t count[MOST_RANKS];
} trial_t;

typedef gph_status_t measured_fn(trial_t *trial);

static gph_status_t agree(trial_t *trial)
{
    return gph_comm_agree(trial->context, GPH_OK);
}

static gph_status_t exchange(trial_t *trial)
{
    return gph_comm_exchange_known(trial->context, sizeof *trial->send, trial->send, trial->count,
                                   trial->recv, trial->count);
}

static gph_status_t reduce(trial_t *trial)
{
    return gph_comm_reduce_i64(trial->context, GPH_MAX, trial->elements, trial->send);
}

static gph_status_t nothing(void *data, int64_t task, int thread)
{
    (void)data;
    (void)task;
    (void)thread;
    return GPH_OK;
}

static gph_status_t hand_out(trial_t *trial)
{
    return gph_team_run(trial->context, TASKS, nothing, trial);
}

/* Best seconds of one call over REPEATS, each of `calls` calls; -1 after a failure. */
static double measure(trial_t *trial, measured_fn *call, int calls)
{
    double best = 1e30;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        if (gph_comm_agree(trial->context, GPH_OK) != GPH_OK)
            return -1;
        double seconds = gph_clock_now();
        for (int i = 0; i < calls; i++)
            if (call(trial) != GPH_OK)
                return -1;
        seconds = (gph_clock_now() - seconds) / calls;
        if (gph_comm_reduce_f64(trial->context, GPH_MAX, 1, &seconds) != GPH_OK)
            return -1;
        best = seconds < best ? seconds : best;
    }
    return best;
}

static void tell(const trial_t *trial, const char *what, int64_t bytes, double seconds)
{
    if (gph_context_rank(trial->context) != 0)
        return;
    printf("%-28s %10" PRId64 " %12.3f", what, bytes, seconds * 1e6);
    if (bytes > 0)
        printf(" %12.1f", (double)bytes / seconds / 1e6);
    printf("\n");
}

/* Messages between all ranks, from 8 bytes to 1 MiB to each. */
static int messages(trial_t *trial)
{
    const int64_t most = INT64_C(1) << 17;
    const size_t room = (size_t)(most * gph_context_ranks(trial->context));
    trial->send = calloc(room, sizeof *trial->send);
    trial->recv = calloc(room, sizeof *trial->recv);
    if (!trial->send || !trial->recv)
        return 1;
    for (trial->elements = 1; trial->elements <= most; trial->elements *= 16) {
        const int64_t bytes = trial->elements * (int64_t)sizeof *trial->send;
        const int calls = bytes < 4096 ? 1000 : 20;
        for (int r = 0; r < gph_context_ranks(trial->context); r++)
            trial->count[r] = trial->elements;
        tell(trial, "exchange, to each rank", bytes, measure(trial, exchange, calls));
        tell(trial, "maximum over ranks", bytes, measure(trial, reduce, calls));
    }
    return 0;
}

int main(int argc, char **argv)
{
    gph_context_options_t options = gph_context_options_default();
    trial_t trial = {.context = NULL};
    options.threads = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1;
    if (gph_context_create(MPI_COMM_WORLD, &options, &trial.context) != GPH_OK)
        return 1;
    const bool first = gph_context_rank(trial.context) == 0;
    if (first)
        printf("%d ranks, %d threads\n%-28s %10s %12s %12s\n", gph_context_ranks(trial.context),
               gph_context_threads(trial.context), "call", "bytes", "microseconds", "MB/s");
    tell(&trial, "agreement on success", 0, measure(&trial, agree, 1000));
    tell(&trial, "one task of a team", 0, measure(&trial, hand_out, 1) / TASKS);
    const int failed = gph_context_ranks(trial.context) > MOST_RANKS || messages(&trial);
    free(trial.send);
    free(trial.recv);
    gph_context_destroy(&trial.context);
    return failed;
}
