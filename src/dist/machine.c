/* Measuring a machine for forecasts. */
#include "base/clock.h"
#include "gph/dist_forecast.h"
#include "graph/graph.h"
#include "par/comm.h"
#include "par/team.h"

enum {
    SHORT_BYTES = 8,
    LONG_BYTES = 1 << 22,
    SHORT_TRIPS = 200,
    LONG_TRIPS = 10,
    TAG = 29,
    TASK_ROWS = 1024
};

/* Sweeps go on for so long, in seconds, but at least two. */
static const double sweep_seconds = 0.4;

/* A sweep: for each owned vertex the sum of its neighbours' values, as PageRank does it. */
typedef struct sweep {
    const gph_graph_t *graph;
    const double *value; /* [owned + ghosts] */
    double *sum;         /* [owned] */
} sweep_t;

static gph_status_t sum_rows(void *data, int64_t task, int thread)
{
    const sweep_t *sweep = data;
    const gph_graph_t *graph = sweep->graph;
    const int64_t next = (task + 1) * TASK_ROWS;
    const int64_t end = next < graph->owned ? next : (int64_t)graph->owned;
    (void)thread;
    for (int64_t v = task * TASK_ROWS; v < end; ++v) {
        double sum = 0;
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            sum += sweep->value[graph->adjacent[i]];
        sweep->sum[v] = sum;
    }
    return GPH_OK;
}

/* Work a second of this rank; the first sweep only warms up. */
static gph_status_t time_sweeps(const sweep_t *sweep, double *rate)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = sweep->graph;
    const int64_t work = graph->owned + graph->offset[graph->owned];
    const int64_t tasks = (graph->owned + TASK_ROWS - 1) / TASK_ROWS;
    double begin = 0;
    double seconds = 0;
    int64_t sweeps = -1;

    while (sweeps < 1 || seconds < sweep_seconds) {
        if (sweeps == 0)
            begin = gph_clock_now();
        GPH_TRY(gph_team_run(graph->context, tasks, sum_rows, (void *)(uintptr_t)sweep));
        sweeps += 1;
        seconds = sweeps > 0 ? gph_clock_now() - begin : 0;
    }
    *rate = seconds > 0 ? (double)work * (double)sweeps / seconds : 0;

cleanup:
    return status;
}

static gph_status_t measure_rate(const gph_graph_t *graph, double *rate)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    double *value = NULL;
    double *sum = NULL;
    double found = 0;

    GPH_TRY_ALL(context, gph_calloc(context->env, (int64_t)graph->owned + graph->ghosts,
                                    sizeof *value, &value));
    GPH_TRY_ALL(context, gph_calloc(context->env, graph->owned, sizeof *sum, &sum));
    const sweep_t sweep = {graph, value, sum};
    GPH_TRY_ALL(context, time_sweeps(&sweep, &found));
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 1, &found));
    if (found > 0)
        *rate = found;

cleanup:
    gph_free(value);
    gph_free(sum);
    return status;
}

/* Seconds of a message from rank 0 to 1 or back, the fastest of some round trips; ranks 0 and 1. */
static gph_status_t bounce(gph_context_t *context, int trips, int bytes, char *buffer,
                           double *seconds)
{
    gph_status_t status = GPH_OK;
    const int other = 1 - context->rank;
    *seconds = 1e9;
    for (int trip = 0; trip < trips; ++trip) {
        const double begin = gph_clock_now();
        for (int turn = 0; turn < 2; ++turn)
            if (turn == context->rank)
                GPH_TRY(gph_comm_check(context,
                                       MPI_Send(buffer, bytes, MPI_BYTE, other, TAG, context->comm),
                                       "MPI_Send"));
            else
                GPH_TRY(gph_comm_check(
                    context,
                    MPI_Recv(buffer, bytes, MPI_BYTE, other, TAG, context->comm, MPI_STATUS_IGNORE),
                    "MPI_Recv"));
        const double once = (gph_clock_now() - begin) / 2;
        *seconds = once < *seconds ? once : *seconds;
    }

cleanup:
    return status;
}

static gph_status_t measure_messages(gph_context_t *context, gph_machine_t *machine)
{
    gph_status_t status = GPH_OK;
    char *buffer = NULL;
    double seconds[2] = {0, 0}; /* of a short and a long message */

    if (context->ranks == 1)
        return GPH_OK;
    GPH_TRY_ALL(context, gph_calloc(context->env, LONG_BYTES, 1, &buffer));
    if (context->rank < 2)
        status = bounce(context, SHORT_TRIPS, SHORT_BYTES, buffer, &seconds[0]);
    if (context->rank < 2 && status == GPH_OK)
        status = bounce(context, LONG_TRIPS, LONG_BYTES, buffer, &seconds[1]);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, 2, seconds));
    machine->latency = seconds[0];
    if (seconds[1] > seconds[0])
        machine->bandwidth = LONG_BYTES / (seconds[1] - seconds[0]);

cleanup:
    gph_free(buffer);
    return status;
}

gph_status_t gph_machine_measure(const gph_graph_t *graph, gph_machine_t *machine)
{
    gph_status_t status = GPH_OK;
    if (graph == NULL || machine == NULL)
        return GPH_ERR_USAGE;
    gph_machine_t made = *machine;
    gph_phase_begin(graph->context, "measure");
    GPH_TRY(measure_rate(graph, &made.rate));
    GPH_TRY(measure_messages(graph->context, &made));
    *machine = made;

cleanup:
    gph_phase_end(graph->context);
    return status;
}
