/* Rows, tiles and coefficients of a domain. */
#include "nn/domain.h"

#include "par/comm.h"

#include <math.h>
#include <string.h>

static void set_coefficients(gph_domain_t *domain, int64_t row, int64_t degree)
{
    domain->root[row] = (gph_real_t)(1 / sqrt((double)(degree + 1)));
    domain->inverse[row] = degree > 0 ? (gph_real_t)(1 / (double)degree) : 0;
}

static gph_status_t domain_alloc(gph_domain_t *domain)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = domain->context->env;
    const int64_t count = domain->rows + domain->ghosts;

    GPH_TRY(gph_alloc(env, domain->tiles + 1, sizeof *domain->tile, &domain->tile));
    GPH_TRY(gph_alloc(env, count, sizeof *domain->root, &domain->root));
    GPH_TRY(gph_alloc(env, count, sizeof *domain->inverse, &domain->inverse));
    for (int64_t i = 0; i < domain->rows; i++)
        set_coefficients(domain, i, domain->offset[i + 1] - domain->offset[i]);

cleanup:
    return status;
}

/* Rows without ghosts first, each kind in order. */
static gph_status_t split_rows(gph_domain_t *domain)
{
    gph_status_t status = GPH_OK;
    int64_t at = 0;

    GPH_TRY(gph_alloc(domain->context->env, domain->rows, sizeof *domain->list, &domain->list));
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < domain->rows; i++) {
            bool outside = false;
            for (gph_off_t e = domain->offset[i]; e < domain->offset[i + 1] && !outside; e++)
                outside = domain->adjacent[e] >= domain->rows;
            if (outside == (pass == 1))
                domain->list[at++] = (gph_lid_t)i;
        }
        if (pass == 0)
            domain->interior = at;
    }

cleanup:
    return status;
}

/* Degrees of ghosts, as their owners know them. Collective. */
static gph_status_t fetch_degrees(gph_domain_t *domain)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = domain->context;
    int64_t *degree = NULL; /* [sent + ghosts] */
    int64_t sent = 0;

    for (int r = 0; r < context->ranks; r++)
        sent += domain->halo.send_count[r];
    GPH_TRY_ALL(context, gph_alloc(context->env, sent + domain->ghosts, sizeof *degree, &degree));
    for (int64_t i = 0; i < sent; i++) {
        const gph_lid_t row = domain->halo.send[i];
        degree[i] = domain->offset[row + 1] - domain->offset[row];
    }
    GPH_TRY(gph_comm_exchange_known(context, sizeof *degree, degree, domain->halo.send_count,
                                    degree + sent, domain->halo.recv_count));
    for (int64_t i = 0; i < domain->ghosts; i++)
        set_coefficients(domain, domain->rows + i, degree[sent + i]);

cleanup:
    gph_free(degree);
    return status;
}

static gph_status_t graph_parts(const gph_graph_t *graph, gph_domain_t *domain)
{
    gph_status_t status = GPH_OK;
    const int64_t *rank_tile = graph->tiles.rank_tile + domain->context->rank;

    GPH_TRY(domain_alloc(domain));
    for (int64_t t = 0; t <= domain->tiles; t++)
        domain->tile[t] = graph->tiles.start[rank_tile[0] + t] - domain->first;
    if (domain->ghosts > 0)
        GPH_TRY(split_rows(domain));
    GPH_TRY(gph_alloc(domain->context->env, 2 * (int64_t)domain->context->ranks,
                      sizeof *domain->halo.request, &domain->halo.request));

cleanup:
    return status;
}

gph_status_t gph_domain_graph(const gph_graph_t *graph, gph_domain_t *domain)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t *rank_tile = graph->tiles.rank_tile + context->rank;
    gph_domain_t made = {
        .context = context,
        .total = graph->vertices,
        .first = graph->first,
        .rows = graph->owned,
        .ghosts = graph->ghosts,
        .ghost = graph->ghost,
        .tiles = rank_tile[1] - rank_tile[0],
        .offset = graph->offset,
        .adjacent = graph->adjacent,
        .interior = graph->owned,
        .halo = {.send_count = graph->halo_send_count,
                 .recv_count = graph->halo_recv_count,
                 .send = graph->halo_send},
    };

    GPH_TRY_ALL(context, graph_parts(graph, &made));
    GPH_TRY(fetch_degrees(&made));
    *domain = made;
    made = (gph_domain_t){.context = context};

cleanup:
    gph_domain_free(&made);
    return status;
}

gph_status_t gph_domain_local(gph_context_t *context, int64_t total, int64_t first, int64_t tiles,
                              const int64_t *tile, const gph_off_t *offset,
                              const gph_lid_t *adjacent, gph_domain_t *domain)
{
    gph_domain_t made = {
        .context = context,
        .total = total,
        .first = first,
        .rows = tile[tiles],
        .tiles = tiles,
        .offset = offset,
        .adjacent = adjacent,
        .interior = tile[tiles],
    };
    const gph_status_t status = domain_alloc(&made);

    if (status != GPH_OK) {
        gph_domain_free(&made);
        return status;
    }
    memcpy(made.tile, tile, (size_t)(tiles + 1) * sizeof *tile);
    *domain = made;
    return GPH_OK;
}

void gph_domain_free(gph_domain_t *domain)
{
    gph_free(domain->tile);
    gph_free(domain->root);
    gph_free(domain->inverse);
    gph_free(domain->list);
    gph_free(domain->halo.request);
    gph_tensor_free(&domain->halo.packed);
    *domain = (gph_domain_t){0};
}
