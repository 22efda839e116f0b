/* Asking other ranks for the input ids of vertices. */
#include "io/ids.h"

#include "par/comm.h"
#include "par/tiles.h"

/* Edges translated at once. */
#define BATCH (INT64_C(1) << 18)

/* Work space of one rank. */
typedef struct translation {
    gph_context_t *context;
    int64_t vertices;
    const int64_t *id;   /**< ids of this rank's block */
    int64_t begin;       /**< first vertex of the block */
    int64_t *ask;        /**< [BATCH] vertices in order of their ranks, then their ids */
    int64_t *slot;       /**< [BATCH] where in `ask` the v of each edge went */
    int64_t *ask_count;  /**< [ranks] */
    int64_t *told_count; /**< [ranks] */
    int64_t *next;       /**< [ranks] */
} translation_t;

static gph_status_t allocate(translation_t *work)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = work->context->env;
    const int64_t ranks = work->context->ranks;

    GPH_TRY(gph_alloc(env, BATCH, sizeof *work->ask, &work->ask));
    GPH_TRY(gph_alloc(env, BATCH, sizeof *work->slot, &work->slot));
    GPH_TRY(gph_calloc(env, ranks, sizeof *work->ask_count, &work->ask_count));
    GPH_TRY(gph_calloc(env, ranks, sizeof *work->told_count, &work->told_count));
    GPH_TRY(gph_calloc(env, ranks, sizeof *work->next, &work->next));

cleanup:
    return status;
}

/* Sorts the questions of a batch by the rank that knows the answer. */
static void sort_questions(translation_t *work, int64_t count, const gph_edge_t *edge)
{
    const int ranks = work->context->ranks;
    int64_t sum = 0;

    for (int r = 0; r < ranks; ++r)
        work->ask_count[r] = 0;
    for (int64_t i = 0; i < count; ++i)
        ++work->ask_count[gph_block_owner(work->vertices, ranks, edge[i].v)];
    for (int r = 0; r < ranks; ++r) {
        work->next[r] = sum;
        sum += work->ask_count[r];
    }
    for (int64_t i = 0; i < count; ++i) {
        work->slot[i] = work->next[gph_block_owner(work->vertices, ranks, edge[i].v)]++;
        work->ask[work->slot[i]] = edge[i].v;
    }
}

static gph_status_t translate_batch(translation_t *work, int64_t count, gph_edge_t *edge)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = work->context;
    int64_t *told = NULL;
    int64_t asked = 0;

    sort_questions(work, count, edge);
    GPH_TRY(gph_comm_exchange(context, sizeof *work->ask, work->ask, work->ask_count, &told,
                              work->told_count));
    for (int r = 0; r < context->ranks; ++r)
        asked += work->told_count[r];
    for (int64_t i = 0; i < asked; ++i)
        told[i] = work->id[told[i] - work->begin];
    GPH_TRY(gph_comm_exchange_known(context, sizeof *work->ask, told, work->told_count, work->ask,
                                    work->ask_count));
    for (int64_t i = 0; i < count; ++i) {
        edge[i].u = work->id[edge[i].u - work->begin];
        edge[i].v = work->ask[work->slot[i]];
    }

cleanup:
    gph_free(told);
    return status;
}

gph_status_t gph_ids_translate(gph_context_t *context, int64_t vertices, const int64_t *id,
                               int64_t count, gph_edge_t *edge)
{
    gph_status_t status = GPH_OK;
    translation_t work = {.context = context,
                          .vertices = vertices,
                          .id = id,
                          .begin = gph_block_start(vertices, context->ranks, context->rank)};
    int64_t most = count;

    GPH_TRY_ALL(context, allocate(&work));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &most));
    // Every rank takes part in as many batches as the one with the most edges, to answer.
    for (int64_t done = 0; done < most; done += BATCH) {
        const int64_t from = done < count ? done : count;
        const int64_t left = count - from;
        GPH_TRY(translate_batch(&work, left < BATCH ? left : BATCH, edge + from));
    }

cleanup:
    gph_free(work.ask);
    gph_free(work.slot);
    gph_free(work.ask_count);
    gph_free(work.told_count);
    gph_free(work.next);
    return status;
}
