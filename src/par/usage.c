/* What a context spent, over all ranks. */
#include "base/clock.h"
#include "par/comm.h"
#include "par/host.h"
#include "par/phases.h"

gph_status_t gph_context_usage(gph_context_t *context, gph_usage_t *usage)
{
    gph_status_t status = GPH_OK;
    enum { HOSTS, MESSAGES, MESSAGE_BYTES, COLLECTIVES, COLLECTIVE_BYTES, COUNTS };
    enum { CPU, WAIT, PHASES, SUMS };
    enum { WALL, STALL, WRITE, MOST };
    // Taken first: what follows is not to count.
    const gph_spent_t spent = gph_phases_total(context->phases);
    double sum[SUMS] = {gph_clock_cpu() - context->born_cpu, spent.wait, spent.seconds};
    double most[MOST] = {gph_clock_now() - context->born, context->ckpt_stall, context->ckpt_write};
    int64_t count[COUNTS] = {0, spent.messages, spent.message_bytes, spent.collectives,
                             spent.collective_bytes};
    int64_t host_ranks = 0;
    if (usage == NULL)
        status = gph_fail(context->env, GPH_ERR_USAGE, "no place for the usage");
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_host_count(context, &host_ranks, &count[HOSTS]));
    GPH_TRY(gph_comm_reduce_f64(context, GPH_SUM, SUMS, sum));
    GPH_TRY(gph_comm_reduce_f64(context, GPH_MAX, MOST, most));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, COUNTS, count));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &host_ranks));
    *usage = (gph_usage_t){
        .hosts = (int)count[HOSTS],
        .host_ranks = (int)host_ranks,
        .wall_seconds = most[WALL],
        .phase_seconds = sum[PHASES] / context->ranks,
        .cpu_seconds = sum[CPU],
        .wait_seconds = sum[WAIT] / context->ranks,
        .messages = count[MESSAGES],
        .message_bytes = count[MESSAGE_BYTES],
        .collectives = count[COLLECTIVES],
        .collective_bytes = count[COLLECTIVE_BYTES],
        .checkpoints = context->ckpt_written,
        .checkpoint_stall_seconds = most[STALL],
        .checkpoint_write_seconds = most[WRITE],
    };
cleanup:
    return status;
}
