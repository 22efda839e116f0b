/* Positions from peeling rounds: a counting sort over all ranks. */
#include "clique/order.h"

#include "dist/halo.h"
#include "dist/peel.h"
#include "par/comm.h"

/* Rounds of peeling after which the rest is ordered by degree: only chains and grids need more. */
enum { MAX_ROUNDS = 8192 };

/* Position of each owned vertex: by round, within a round by rank and then by index, that is by id.
 */
static gph_status_t count_positions(const gph_graph_t *graph, const gph_peel_t *peel,
                                    gph_order_t *order)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t rounds = peel->rounds;
    int64_t *held = NULL; /* [3 × rounds]: here, on lower ranks, on all ranks */
    int64_t sum = 0;

    GPH_TRY_ALL(context, gph_calloc(context->env, 3 * rounds, sizeof *held, &held));
    int64_t *next = held + rounds;
    const int64_t *total = held + 2 * rounds;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        if (peel->round[v] >= 0)
            held[peel->round[v]] += 1;
    GPH_TRY(gph_comm_scan_i64(context, rounds, held, next, held + 2 * rounds));
    for (int64_t r = 0; r < rounds; ++r) {
        next[r] += sum;
        sum += total[r];
    }
    order->vertices = sum;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        order->position[v] = peel->round[v] >= 0 ? next[peel->round[v]]++ : -1;

cleanup:
    gph_free(held);
    return status;
}

gph_status_t gph_order_make(const gph_graph_t *graph, int k, gph_clique_order_t kind,
                            gph_order_t *order)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t max_rounds = kind == GPH_CLIQUE_ORDER_DEGREE ? 0 : MAX_ROUNDS;
    const gph_peel_options_t options = {k - 1, true, max_rounds};
    gph_peel_t peel = {0};
    gph_order_t made = {0};

    GPH_TRY(gph_peel(graph, &options, &peel));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)graph->owned + graph->ghosts,
                                   sizeof *made.position, &made.position));
    GPH_TRY(count_positions(graph, &peel, &made));
    GPH_TRY(gph_halo_update(graph, sizeof *made.position, made.position));
    *order = made;
    made = (gph_order_t){0};

cleanup:
    gph_peel_free(&peel);
    gph_order_free(&made);
    return status;
}

void gph_order_free(gph_order_t *order)
{
    gph_free(order->position);
    *order = (gph_order_t){0};
}

const char *gph_clique_order_name(gph_clique_order_t kind)
{
    return kind == GPH_CLIQUE_ORDER_CORE ? "core" : "degree";
}
