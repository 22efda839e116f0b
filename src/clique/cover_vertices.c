/* Positions of a cover become vertex numbers: each rank asks once for every position it has. */
#include "clique/cover.h"

#include "base/sort.h"
#include "par/comm.h"

/* Positions that occur, as bits, and how many come before each word. */
typedef struct occurring {
    int64_t words;
    uint64_t *bits;
    int64_t *before;
    int64_t count;
    gph_gid_t *position; /* [count] ascending */
} occurring_t;

static gph_status_t mark_positions(gph_env_t *env, const gph_dag_t *dag, const gph_cover_t *cover,
                                   occurring_t *o)
{
    gph_status_t status = GPH_OK;
    int64_t at = 0;

    o->words = (dag->vertices + 63) / 64;
    GPH_TRY(gph_calloc(env, o->words, sizeof *o->bits, &o->bits));
    GPH_TRY(gph_alloc(env, o->words, sizeof *o->before, &o->before));
    for (int64_t i = 0; i < cover->offset[cover->count]; ++i)
        o->bits[cover->member[i] >> 6] |= UINT64_C(1) << (cover->member[i] & 63);
    for (int64_t w = 0; w < o->words; ++w) {
        o->before[w] = o->count;
        o->count += __builtin_popcountll(o->bits[w]);
    }
    GPH_TRY(gph_alloc(env, o->count, sizeof *o->position, &o->position));
    for (int64_t w = 0; w < o->words; ++w)
        for (uint64_t bits = o->bits[w]; bits != 0; bits &= bits - 1)
            o->position[at++] = 64 * w + __builtin_ctzll(bits);

cleanup:
    return status;
}

/* Vertex numbers of positions, from the ranks that hold their rows. *vertex [occurring->count] */
static gph_status_t ask_vertices(const gph_dag_t *dag, const occurring_t *o, gph_gid_t **vertex)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;
    int64_t *count = NULL; /* [2 × ranks] asked, answered */
    gph_gid_t *asked = NULL;
    gph_gid_t *made = NULL;
    int64_t answers = 0;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (int64_t i = 0; i < o->count; ++i)
        count[gph_find_range(dag->start, context->ranks, o->position[i])] += 1;
    GPH_TRY(gph_comm_exchange(context, sizeof *asked, o->position, count, &asked,
                              count + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        answers += count[context->ranks + r];
    for (int64_t i = 0; i < answers; ++i)
        asked[i] = dag->vertex[asked[i] - dag->first];
    GPH_TRY_ALL(context, gph_alloc(context->env, o->count, sizeof *made, &made));
    GPH_TRY(gph_comm_exchange_known(context, sizeof *asked, asked, count + context->ranks, made,
                                    count));
    *vertex = made;
    made = NULL;

cleanup:
    gph_free(count);
    gph_free(asked);
    gph_free(made);
    return status;
}

gph_status_t gph_cover_translate(const gph_dag_t *dag, gph_cover_t *cover)
{
    gph_status_t status = GPH_OK;
    occurring_t o = {0};
    gph_gid_t *vertex = NULL;

    GPH_TRY_ALL(dag->context, mark_positions(dag->context->env, dag, cover, &o));
    GPH_TRY(ask_vertices(dag, &o, &vertex));
    for (int64_t i = 0; i < cover->offset[cover->count]; ++i) {
        const int64_t word = cover->member[i] >> 6;
        const uint64_t below = (UINT64_C(1) << (cover->member[i] & 63)) - 1;
        cover->member[i] = vertex[o.before[word] + __builtin_popcountll(o.bits[word] & below)];
    }

cleanup:
    gph_free(o.bits);
    gph_free(o.before);
    gph_free(o.position);
    gph_free(vertex);
    return status;
}
