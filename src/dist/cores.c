/* Core numbers. */
#include "dist/peel.h"
#include "gph/dist.h"

#include <string.h>

gph_status_t gph_graph_cores(const gph_graph_t *graph, int64_t *core, int64_t *degeneracy)
{
    gph_status_t status = GPH_OK;
    const gph_peel_options_t options = {0};
    gph_peel_t peel = {0};

    if (graph == NULL || degeneracy == NULL)
        return GPH_ERR_USAGE;
    gph_phase_begin(graph->context, "cores");
    status = gph_peel(graph, &options, &peel);
    gph_phase_end(graph->context);
    if (status != GPH_OK)
        return status;
    if (core != NULL)
        memcpy(core, peel.core, (size_t)graph->owned * sizeof *core);
    *degeneracy = peel.degeneracy;
    gph_peel_free(&peel);
    return GPH_OK;
}
