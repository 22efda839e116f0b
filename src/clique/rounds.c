/* Planning rounds. */
#include "clique/rounds.h"

#include "base/sort.h"
#include "par/comm.h"

/* Stretches a rank; bytes of a round that need not be cut. */
enum { STRETCHES = 256, ROUND_BYTES = 256 << 20 };

gph_status_t gph_rounds_open(const gph_dag_t *dag, gph_rounds_t *rounds)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = dag->context->env;
    gph_rounds_t made = {.dag = dag, .stretches = dag->context->ranks * (int64_t)STRETCHES};

    GPH_TRY(gph_calloc(env, made.stretches, sizeof *made.bytes, &made.bytes));
    GPH_TRY(gph_calloc(env, made.stretches, sizeof *made.round, &made.round));
    *rounds = made;
    return GPH_OK;

cleanup:
    gph_rounds_free(&made);
    return status;
}

void gph_rounds_free(gph_rounds_t *rounds)
{
    gph_free(rounds->bytes);
    gph_free(rounds->round);
    *rounds = (gph_rounds_t){0};
}

int64_t gph_rounds_stretch(const gph_rounds_t *rounds, gph_gid_t position)
{
    const gph_dag_t *dag = rounds->dag;
    const int64_t rank = gph_find_range(dag->start, dag->context->ranks, position);
    const int64_t first = dag->start[rank];
    return rank * STRETCHES + (position - first) * STRETCHES / (dag->start[rank + 1] - first);
}

/* Bytes that a rank may receive in a round. */
static gph_status_t round_bytes(gph_context_t *context, int64_t *bytes)
{
    const int64_t most = gph_mem_left(context->env) / 6;
    *bytes = most > ROUND_BYTES ? ROUND_BYTES : most;
    return gph_comm_reduce_i64(context, GPH_MIN, 1, bytes);
}

gph_status_t gph_rounds_plan(gph_rounds_t *rounds)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = rounds->dag->context;
    int64_t most = 0;

    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, rounds->stretches, rounds->bytes));
    GPH_TRY(round_bytes(context, &most));
    rounds->count = 0;
    for (int r = 0; r < context->ranks; ++r) {
        int64_t round = 0;
        int64_t sum = 0;
        for (int64_t s = (r + 1) * (int64_t)STRETCHES - 1; s >= r * (int64_t)STRETCHES; --s) {
            if (sum > 0 && sum + rounds->bytes[s] > most) {
                round += 1;
                sum = 0;
            }
            sum += rounds->bytes[s];
            rounds->round[s] = round;
        }
        rounds->count = round >= rounds->count ? round + 1 : rounds->count;
    }

cleanup:
    return status;
}
