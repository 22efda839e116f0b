/* Data sets: what tables and generators have in common. */
#include "nn/dataset.h"

#include "dist/build.h"
#include "par/comm.h"

#include <string.h>

/* Rows of a tile: many enough that adding gradients of tiles exactly costs little, few enough that
 * small data give some ranks something to do. Many tiles only where there are many rows; the least
 * number is one that 2 and 4 ranks can share evenly. */
enum { TILE_ROWS_SMALL = 1024, TILES_LEAST = 4, TILES_SMALL = 64, TILE_ROWS_LARGE = 4096 };

/* Work of a vertex beside its neighbours, in neighbours. */
enum { VERTEX_WORK = 16 };

static int64_t tiles_wanted(const gph_data_options_t *options, int64_t n)
{
    int64_t tiles = (n + TILE_ROWS_SMALL - 1) / TILE_ROWS_SMALL;
    if (options->tiles > 0)
        return options->tiles < GPH_TILES_MAX ? options->tiles : GPH_TILES_MAX;
    if (tiles > TILES_SMALL)
        tiles = n / TILE_ROWS_LARGE > TILES_SMALL ? n / TILE_ROWS_LARGE : TILES_SMALL;
    tiles = (tiles + TILES_LEAST - 1) / TILES_LEAST * TILES_LEAST;
    return tiles < GPH_TILES_MAX ? tiles : GPH_TILES_MAX;
}

gph_status_t gph_dataset_build(gph_context_t *context, const gph_data_options_t *options,
                               gph_edges_t *edges, gph_dataset_t *dataset)
{
    gph_status_t status = GPH_OK;
    const gph_build_options_t build = {tiles_wanted(options, edges->vertices), VERTEX_WORK};

    GPH_TRY(gph_graph_build_by(context, edges, &build, &dataset->graph));
    GPH_TRY(gph_domain_graph(dataset->graph, &dataset->domain));

cleanup:
    return status;
}

/* Digest of one row: neighbours, label, split and features. */
static gph_digest_t row_digest(const gph_dataset_t *dataset, int64_t row)
{
    const gph_domain_t *domain = &dataset->domain;
    const uint64_t index = (uint64_t)(domain->first + row);
    const int64_t about[2] = {dataset->label[row], dataset->split[row]};
    const gph_sparse_t *sparse = &dataset->sparse;
    gph_digest_t sum = gph_digest_item(index, about, sizeof about);
    for (gph_off_t e = domain->offset[row]; e < domain->offset[row + 1]; e++) {
        const gph_gid_t other = gph_graph_gid(dataset->graph, domain->adjacent[e]);
        gph_digest_add(&sum, gph_digest_item(index, &other, sizeof other));
    }
    if (sparse->offset != NULL) {
        const gph_off_t at = sparse->offset[row];
        const size_t count = (size_t)(sparse->offset[row + 1] - at);
        gph_digest_add(&sum,
                       gph_digest_item(index, sparse->column + at, count * sizeof *sparse->column));
        gph_digest_add(&sum,
                       gph_digest_item(index, sparse->value + at, count * sizeof *sparse->value));
    } else {
        const size_t count = (size_t)dataset->features;
        gph_digest_add(&sum, gph_digest_item(index, dataset->dense.value + row * dataset->features,
                                             count * sizeof *dataset->dense.value));
    }
    return sum;
}

static gph_status_t set_digest(gph_dataset_t *dataset)
{
    gph_digest_t sum = {0, 0};
    for (int64_t i = 0; i < dataset->domain.rows; i++)
        gph_digest_add(&sum, row_digest(dataset, i));
    dataset->digest = sum;
    return gph_comm_sum_digest(dataset->domain.context, &dataset->digest);
}

gph_status_t gph_dataset_load(gph_context_t *context, const gph_data_options_t *options,
                              gph_dataset_t *dataset)
{
    gph_status_t status = GPH_OK;
    gph_dataset_t made = {.graph = NULL};

    gph_phase_begin(context, "data");
    GPH_TRY_ALL(context, options->path != NULL && options->path[0] != '\0'
                             ? GPH_OK
                             : gph_fail(context->env, GPH_ERR_USAGE, "no data: set data.path"));
    if (strncmp(options->path, "sbm:", 4) == 0)
        GPH_TRY(gph_dataset_sbm(context, options, &made));
    else
        GPH_TRY(gph_dataset_table(context, options, &made));
    GPH_TRY(set_digest(&made));
    *dataset = made;
    made = (gph_dataset_t){.graph = NULL};

cleanup:
    gph_phase_end(context);
    gph_dataset_free(&made);
    return status;
}

void gph_dataset_free(gph_dataset_t *dataset)
{
    gph_domain_free(&dataset->domain);
    gph_graph_destroy(&dataset->graph);
    gph_sparse_free(&dataset->sparse);
    gph_tensor_free(&dataset->dense);
    gph_free(dataset->label);
    gph_free(dataset->split);
    *dataset = (gph_dataset_t){.graph = NULL};
}

gph_input_t gph_dataset_input(gph_dataset_t *dataset)
{
    return dataset->sparse.offset != NULL
               ? (gph_input_t){.sparse = &dataset->sparse}
               : (gph_input_t){.dense = &dataset->dense, .has_ghosts = true};
}
