/* Halo exchange after the plan that the graph carries. */
#include "dist/halo.h"

#include "par/comm.h"

#include <string.h>

gph_status_t gph_halo_update(const gph_graph_t *graph, size_t size, void *values)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    unsigned char *bytes = values;
    unsigned char *send = NULL;
    int64_t count = 0;

    if (context->ranks == 1)
        return GPH_OK;
    for (int r = 0; r < context->ranks; ++r)
        count += graph->halo_send_count[r];
    GPH_TRY_ALL(context, gph_alloc(context->env, count, size, &send));
    for (int64_t i = 0; i < count; ++i)
        memcpy(send + (size_t)i * size, bytes + (size_t)graph->halo_send[i] * size, size);
    GPH_TRY(gph_comm_exchange_known(context, size, send, graph->halo_send_count,
                                    bytes + (size_t)graph->owned * size, graph->halo_recv_count));

cleanup:
    gph_free(send);
    return status;
}
