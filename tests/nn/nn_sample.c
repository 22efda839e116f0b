#include "nn_sample.h"

#include "base/random.h"
#include "dist/build.h"
#include "gph_test.h"

double sample_number(uint64_t stream, uint64_t index)
{
    return 2 * gph_random_unit(gph_random_u64(99, stream, index)) - 1;
}

bool sample_make(gph_context_t *context, int64_t n, int64_t m, int64_t tiles, sample_t *sample)
{
    gph_edges_t edges = gph_edges_init();
    const gph_build_options_t options = {.tiles = tiles, .vertex_work = 3};
    gph_status_t status = GPH_OK;
    *sample = (sample_t){NULL, {0}};
    edges.vertices = n;
    edges.count = context->rank == 0 ? m : 0;
    status = gph_alloc(context->env, edges.count, sizeof *edges.edge, &edges.edge);
    for (int64_t e = 0; e < edges.count && status == GPH_OK; e++) {
        const gph_random2_t bits = gph_random2(7, 7, (uint64_t)e);
        edges.edge[e] = (gph_edge_t){(int64_t)gph_random_below(bits.a, (uint64_t)n),
                                     (int64_t)gph_random_below(bits.b, (uint64_t)n)};
    }
    return gph_test_all(status == GPH_OK) &&
           GPH_EXPECT_OK(context, gph_graph_build_by(context, &edges, &options, &sample->graph)) &&
           GPH_EXPECT_OK(context, gph_domain_graph(sample->graph, &sample->domain));
}

void sample_free(sample_t *sample)
{
    gph_domain_free(&sample->domain);
    gph_graph_destroy(&sample->graph);
}

static int64_t number_of(const gph_domain_t *domain, int64_t row)
{
    return row < domain->rows ? domain->first + row : domain->ghost[row - domain->rows];
}

bool sample_rows(const sample_t *sample, uint64_t stream, int64_t columns, bool ghosts,
                 gph_tensor_t *tensor)
{
    const gph_domain_t *domain = &sample->domain;
    gph_context_t *context = domain->context;
    const int64_t rows = domain->rows + domain->ghosts;
    const gph_status_t status = gph_tensor_shape(context->env, rows, columns, tensor);
    if (!gph_test_all(status == GPH_OK))
        return false;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            tensor->value[i * columns + j] =
                i < domain->rows || ghosts
                    ? (gph_real_t)sample_number(stream,
                                                (uint64_t)(number_of(domain, i) * columns + j))
                    : (gph_real_t)NAN;
    return true;
}

bool sample_sparse(const sample_t *sample, uint64_t stream, int64_t columns, gph_sparse_t *sparse)
{
    const gph_domain_t *domain = &sample->domain;
    gph_env_t *env = domain->context->env;
    gph_sparse_t made = {.rows = domain->rows, .columns = columns};
    gph_off_t at = 0;
    const bool ok =
        gph_alloc(env, made.rows + 1, sizeof *made.offset, &made.offset) == GPH_OK &&
        gph_alloc(env, made.rows * columns, sizeof *made.column, &made.column) == GPH_OK &&
        gph_alloc(env, made.rows * columns, sizeof *made.value, &made.value) == GPH_OK;
    if (!gph_test_all(ok))
        return false;
    for (int64_t i = 0; i < made.rows; i++) {
        made.offset[i] = at;
        for (int64_t j = 0; j < columns; j++) {
            const uint64_t index = (uint64_t)((domain->first + i) * columns + j);
            if (sample_number(stream + 1, index) > -0.3)
                continue;
            made.column[at] = (int32_t)j;
            made.value[at++] = (gph_real_t)sample_number(stream, index);
        }
    }
    made.offset[made.rows] = at;
    *sparse = made;
    return GPH_EXPECT_OK(domain->context, gph_sparse_finish(domain, sparse));
}
