/* Fetching the labels of ghosts along the halo plan of the graph. */
#include "io/labels.h"

#include "par/comm.h"

#include <string.h>

static int64_t sum(int count, const int64_t *values)
{
    int64_t total = 0;
    for (int i = 0; i < count; ++i)
        total += values[i];
    return total;
}

/* Owners send one number for each of their vertices that is a ghost elsewhere. */
static gph_status_t fetch_numbers(const gph_graph_t *graph, const int64_t *owned, int64_t *ghost)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t count = sum(context->ranks, graph->halo_send_count);
    int64_t *send = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, count, sizeof *send, &send));
    for (int64_t i = 0; i < count; ++i)
        send[i] = owned[graph->halo_send[i]];
    GPH_TRY(gph_comm_exchange_known(context, sizeof *send, send, graph->halo_send_count, ghost,
                                    graph->halo_recv_count));

cleanup:
    gph_free(send);
    return status;
}

static gph_status_t fetch_ids(const gph_graph_t *graph, gph_labels_t *labels)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->ghosts, sizeof *labels->ghost_id,
                                   &labels->ghost_id));
    GPH_TRY(fetch_numbers(graph, graph->id, labels->ghost_id));

cleanup:
    return status;
}

/* Puts the names that other ranks want one behind the other. */
static gph_status_t pack_names(const gph_graph_t *graph, int64_t *rank_bytes, char **packed)
{
    gph_status_t status = GPH_OK;
    const gph_names_t *names = &graph->names;
    int64_t bytes = 0;
    int64_t i = 0;

    for (int r = 0; r < graph->context->ranks; ++r) {
        const int64_t before = bytes;
        for (int64_t end = i + graph->halo_send_count[r]; i < end; ++i) {
            const gph_lid_t v = graph->halo_send[i];
            bytes += names->offset[v + 1] - names->offset[v];
        }
        rank_bytes[r] = bytes - before;
    }
    GPH_TRY(gph_alloc(graph->context->env, bytes, 1, packed));
    bytes = 0;
    for (int64_t k = 0; k < i; ++k) {
        const gph_lid_t v = graph->halo_send[k];
        const int64_t size = names->offset[v + 1] - names->offset[v];
        memcpy(*packed + bytes, names->bytes + names->offset[v], (size_t)size);
        bytes += size;
    }

cleanup:
    return status;
}

/* Lengths of names, then of offsets of ghost names. */
static gph_status_t fetch_lengths(const gph_graph_t *graph, gph_names_t *ghost)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *length = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *length, &length));
    GPH_TRY_ALL(context, gph_alloc(context->env, (int64_t)graph->ghosts + 1, sizeof *ghost->offset,
                                   &ghost->offset));
    for (gph_lid_t i = 0; i < graph->owned; ++i)
        length[i] = graph->names.offset[i + 1] - graph->names.offset[i];
    ghost->offset[0] = 0;
    GPH_TRY(fetch_numbers(graph, length, ghost->offset + 1));
    for (gph_lid_t i = 0; i < graph->ghosts; ++i)
        ghost->offset[i + 1] += ghost->offset[i];
    ghost->count = graph->ghosts;

cleanup:
    gph_free(length);
    return status;
}

static gph_status_t fetch_names(const gph_graph_t *graph, gph_names_t *ghost)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    int64_t *send_bytes = NULL;
    int64_t *recv_bytes = NULL;
    char *packed = NULL;

    GPH_TRY(fetch_lengths(graph, ghost));
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *send_bytes, &send_bytes));
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *recv_bytes, &recv_bytes));
    GPH_TRY_ALL(context, pack_names(graph, send_bytes, &packed));
    // Ghosts stand in the order of their owners, so what arrives is in place already.
    GPH_TRY(gph_comm_exchange(context, 1, packed, send_bytes, &ghost->bytes, recv_bytes));

cleanup:
    gph_free(packed);
    gph_free(recv_bytes);
    gph_free(send_bytes);
    return status;
}

gph_status_t gph_labels_fetch(const gph_graph_t *graph, gph_labels_t *labels)
{
    gph_status_t status = GPH_OK;
    gph_labels_t made = {.graph = graph};

    if (graph->id != NULL)
        GPH_TRY(fetch_ids(graph, &made));
    if (graph->names.offset != NULL)
        GPH_TRY(fetch_names(graph, &made.ghost_name));
    *labels = made;
    made = (gph_labels_t){0};

cleanup:
    gph_labels_free(&made);
    return status;
}

void gph_labels_free(gph_labels_t *labels)
{
    gph_free(labels->ghost_id);
    gph_free(labels->ghost_name.offset);
    gph_free(labels->ghost_name.bytes);
    gph_free(labels->closed);
    *labels = (gph_labels_t){0};
}
