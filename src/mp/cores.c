/* Core numbers: those of `dist`, as a column. */
#include "gph/dist.h"
#include "mp/algorithms.h"
#include "par/comm.h"

gph_status_t gph_mp_cores(const gph_graph_t *graph, const gph_mp_options_t *options,
                          gph_mp_result_t *result)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *core = NULL;
    int64_t degeneracy = 0;

    (void)options;
    GPH_TRY(gph_mp_go_on(context, "cores"));
    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *core, &core));
    GPH_TRY(gph_graph_cores(graph, core, &degeneracy));
    GPH_TRY(gph_mp_result_take(result, "core", GPH_MP_I64, &core));
    gph_mp_result_fact_i64(result, "degeneracy", degeneracy);

cleanup:
    gph_free(core);
    return status;
}
