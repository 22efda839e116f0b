/* Checks a result file of a batch with edit paths: each path is replayed, by looking at the two
 * graphs alone. Every rank reads its part of the rows. */
#include "ged/pairs.h"
#include "ged/problem.h"
#include "io/file.h"
#include "io/hdf5_file.h"
#include "io/hdf5_rows.h"
#include "io/scan.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char format_name[] = "grapheme-ged-pairs";

/* Bytes of a text attribute that is read, and of a file's name. */
enum { TEXT_CHARS = 64, NAME_CHARS = 4096 };

/* Rows that are looked at together, so that memory stays small. */
enum { ROWS_AT_ONCE = 1 << 14 };

/* Costs are sums in one order, so that only their rounding by text or machine may differ. */
static const double tolerance = 1e-9;

typedef struct checker {
    gph_h5_t h5;
    gph_context_t *context;
    gph_collection_t *collection;
    gph_ged_t *space;
    gph_ged_costs_t costs; /* tables owned */
    gph_collection_form_t form;
    char input[NAME_CHARS];
    char node_attributes[NAME_CHARS];
    char edge_attributes[NAME_CHARS];
    char collection_digest[TEXT_CHARS];
    char digest[TEXT_CHARS];
    int64_t rows;
    int64_t words; /* of all mappings */
    int64_t paths; /* replayed */
    int64_t begin; /* rows in memory */
    int64_t count;
    int64_t *pair;      /* [ROWS_AT_ONCE × 2] */
    double *bound[2];   /* [ROWS_AT_ONCE] each */
    uint8_t *exact;     /* [ROWS_AT_ONCE] */
    int64_t *operation; /* [ROWS_AT_ONCE × GPH_GED_OPERATIONS] */
    double *cost;       /* likewise */
    int64_t *start;     /* [ROWS_AT_ONCE] */
    int64_t *map;       /* of the rows in memory, one behind the other */
    int64_t map_room;
    gph_digest_t sum;
} checker_t;

/* --- reading -------------------------------------------------------------------------------- */

static gph_status_t bad_file(const checker_t *checker, const char *name, const char *what)
{
    return gph_fail(checker->context->env, GPH_ERR_INPUT,
                    "%s: \"%s\" %s; is this a result of gph ged --path?",
                    gph_path_shown(checker->h5.path), name, what);
}

/* Rows first .. first + rows - 1 of a dataset of `width` columns (0: one-dimensional), or NULL data
 * to learn how many rows there are. */
static gph_status_t read_rows(const checker_t *checker, const char *name, int64_t width, hid_t type,
                              int64_t first, int64_t rows, void *data, int64_t *total)
{
    gph_status_t status = GPH_OK;
    const int rank = width > 0 ? 2 : 1;
    hsize_t size[2] = {0, 0};
    const hsize_t start[2] = {(hsize_t)first, 0};
    const hsize_t count[2] = {(hsize_t)rows, (hsize_t)width};
    const hid_t dataset = H5Lexists(checker->h5.file, name, H5P_DEFAULT) > 0
                              ? H5Dopen2(checker->h5.file, name, H5P_DEFAULT)
                              : H5I_INVALID_HID;
    const hid_t space = dataset >= 0 ? H5Dget_space(dataset) : H5I_INVALID_HID;
    hid_t memory = H5I_INVALID_HID;

    if (space < 0 || H5Sget_simple_extent_ndims(space) != rank ||
        H5Sget_simple_extent_dims(space, size, NULL) != rank ||
        (width > 0 && size[1] != (hsize_t)width) || size[0] > INT64_MAX / 64)
        GPH_TRY(bad_file(checker, name, "is missing or of another shape"));
    if (total != NULL)
        *total = (int64_t)size[0];
    if (data == NULL || rows == 0)
        goto cleanup;
    memory = H5Screate_simple(rank, count, NULL);
    if (start[0] + count[0] > size[0] ||
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dread(dataset, type, memory, space, H5P_DEFAULT, data) < 0)
        GPH_TRY(bad_file(checker, name, "cannot be read"));

cleanup:
    if (memory >= 0)
        H5Sclose(memory);
    if (space >= 0)
        H5Sclose(space);
    if (dataset >= 0)
        H5Dclose(dataset);
    return status;
}

static gph_status_t read_flag(const checker_t *checker, const char *name, bool *flag)
{
    char text[TEXT_CHARS] = "";
    if (!gph_h5_read_text(checker->h5.file, name, sizeof text, text))
        return bad_file(checker, name, "is missing");
    *flag = strcmp(text, "yes") == 0;
    return GPH_OK;
}

static gph_status_t read_cost(const checker_t *checker, const char *name, const char *table,
                              gph_ged_cost_t *cost)
{
    gph_status_t status = GPH_OK;
    char text[2 * TEXT_CHARS] = "";
    char kind[16] = "";
    int64_t cells = 0;
    double *cell = NULL;
    locale_t numbers = (locale_t)0;

    if (!gph_h5_read_text(checker->h5.file, name, sizeof text, text))
        GPH_TRY(bad_file(checker, name, "is missing"));
    GPH_TRY(gph_numbers_open(checker->context->env, &numbers));
    const locale_t before = uselocale(numbers);
    const int got = sscanf(text, "%15s %lf %lf %lf %" SCNd32, kind, &cost->insert, &cost->remove,
                           &cost->substitute, &cost->labels);
    uselocale(before);
    cost->kind = strcmp(kind, "table") == 0       ? GPH_GED_COST_TABLE
                 : strcmp(kind, "euclidean") == 0 ? GPH_GED_COST_EUCLIDEAN
                                                  : GPH_GED_COST_CONSTANT;
    if (got != 5 || cost->labels < 0 || cost->labels >= 1 << 20)
        GPH_TRY(bad_file(checker, name, "makes no sense"));
    if (cost->kind != GPH_GED_COST_TABLE)
        goto cleanup;
    const int64_t side = (int64_t)cost->labels + 1;
    GPH_TRY(read_rows(checker, table, 0, H5T_NATIVE_DOUBLE, 0, 0, NULL, &cells));
    if (cells != side * side)
        GPH_TRY(bad_file(checker, table, "is of another size"));
    GPH_TRY(gph_alloc(checker->context->env, cells, sizeof *cell, &cell));
    cost->table = cell;
    GPH_TRY(read_rows(checker, table, 0, H5T_NATIVE_DOUBLE, 0, cells, cell, NULL));

cleanup:
    if (status != GPH_OK && cost->kind == GPH_GED_COST_TABLE && cost->table == NULL)
        cost->kind = GPH_GED_COST_CONSTANT;
    gph_numbers_close(&numbers);
    return status;
}

/* What the file tells of itself. Local. */
static gph_status_t read_model(checker_t *checker)
{
    gph_status_t status = GPH_OK;
    const hid_t file = checker->h5.file;

    if (!gph_h5_read_text(file, "collection", sizeof checker->input, checker->input) ||
        !gph_h5_read_text(file, "collection_digest", sizeof checker->collection_digest,
                          checker->collection_digest) ||
        !gph_h5_read_text(file, "digest", sizeof checker->digest, checker->digest))
        GPH_TRY(bad_file(checker, "collection", "is missing"));
    GPH_TRY(read_flag(checker, "directed", &checker->form.directed));
    GPH_TRY(read_flag(checker, "numeric_nodes", &checker->form.numeric_nodes));
    GPH_TRY(read_flag(checker, "numeric_edges", &checker->form.numeric_edges));
    if (gph_h5_read_text(file, "node_attributes", sizeof checker->node_attributes,
                         checker->node_attributes))
        checker->form.node_attributes = checker->node_attributes;
    if (gph_h5_read_text(file, "edge_attributes", sizeof checker->edge_attributes,
                         checker->edge_attributes))
        checker->form.edge_attributes = checker->edge_attributes;
    GPH_TRY(read_cost(checker, "node_costs", "node_table", &checker->costs.node));
    GPH_TRY(read_cost(checker, "edge_costs", "edge_table", &checker->costs.edge));
    GPH_TRY(read_rows(checker, "pairs", 2, H5T_NATIVE_INT64, 0, 0, NULL, &checker->rows));
    GPH_TRY(read_rows(checker, "map", 0, H5T_NATIVE_INT64, 0, 0, NULL, &checker->words));

cleanup:
    return status;
}

static gph_status_t make_room(checker_t *checker)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = checker->context->env;

    GPH_TRY(gph_alloc(env, ROWS_AT_ONCE, 2 * sizeof *checker->pair, &checker->pair));
    for (int side = 0; side < 2; side++)
        GPH_TRY(gph_alloc(env, ROWS_AT_ONCE, sizeof(double), &checker->bound[side]));
    GPH_TRY(gph_alloc(env, ROWS_AT_ONCE, sizeof *checker->exact, &checker->exact));
    GPH_TRY(gph_alloc(env, ROWS_AT_ONCE, GPH_GED_OPERATIONS * sizeof *checker->operation,
                      &checker->operation));
    GPH_TRY(
        gph_alloc(env, ROWS_AT_ONCE, GPH_GED_OPERATIONS * sizeof *checker->cost, &checker->cost));
    GPH_TRY(gph_alloc(env, ROWS_AT_ONCE, sizeof *checker->start, &checker->start));

cleanup:
    return status;
}

static gph_status_t read_part(checker_t *checker)
{
    gph_status_t status = GPH_OK;
    const int64_t first = checker->begin;
    const int64_t rows = checker->count;

    GPH_TRY(read_rows(checker, "pairs", 2, H5T_NATIVE_INT64, first, rows, checker->pair, NULL));
    GPH_TRY(
        read_rows(checker, "lower", 0, H5T_NATIVE_DOUBLE, first, rows, checker->bound[0], NULL));
    GPH_TRY(
        read_rows(checker, "upper", 0, H5T_NATIVE_DOUBLE, first, rows, checker->bound[1], NULL));
    GPH_TRY(read_rows(checker, "exact", 0, H5T_NATIVE_UINT8, first, rows, checker->exact, NULL));
    GPH_TRY(read_rows(checker, "counts", GPH_GED_OPERATIONS, H5T_NATIVE_INT64, first, rows,
                      checker->operation, NULL));
    GPH_TRY(read_rows(checker, "costs", GPH_GED_OPERATIONS, H5T_NATIVE_DOUBLE, first, rows,
                      checker->cost, NULL));
    GPH_TRY(
        read_rows(checker, "map_start", 0, H5T_NATIVE_INT64, first, rows, checker->start, NULL));

cleanup:
    return status;
}

static gph_status_t wrong(const checker_t *checker, int64_t r, const char *what)
{
    return gph_fail(checker->context->env, GPH_ERR_VERIFY,
                    "%s: row %" PRId64 ", of graphs %" PRId64 " and %" PRId64 ": %s",
                    gph_path_shown(checker->h5.path), checker->begin + r, checker->pair[2 * r],
                    checker->pair[2 * r + 1], what);
}

/* Reads the mappings of the rows in memory, which lie one behind the other. */
static gph_status_t read_maps(checker_t *checker)
{
    gph_status_t status = GPH_OK;
    const int64_t graphs = gph_collection_count(checker->collection);
    int64_t words = 0;

    for (int64_t r = 0; r < checker->count; r++) {
        const gph_pair_t pair = {checker->pair[2 * r], checker->pair[2 * r + 1]};
        if (pair.a < 0 || pair.a >= graphs || pair.b < 0 || pair.b >= graphs)
            GPH_TRY(wrong(checker, r, "there is no such graph"));
        const int64_t nodes = gph_collection_graph(checker->collection, pair.a)->nodes;
        if (nodes > GPH_GED_NODES_MOST || checker->start[r] < 0 ||
            checker->start[r] > checker->words - nodes ||
            checker->start[r] != checker->start[0] + words)
            GPH_TRY(wrong(checker, r, "its mapping is not where it should be"));
        words += nodes;
    }
    if (words > checker->map_room) {
        GPH_TRY(gph_realloc(checker->context->env, words, sizeof *checker->map, &checker->map));
        checker->map_room = words;
    }
    GPH_TRY(read_rows(checker, "map", 0, H5T_NATIVE_INT64, checker->start[0], words, checker->map,
                      NULL));

cleanup:
    return status;
}

/* --- checking ------------------------------------------------------------------------------- */

static bool near(double a, double b)
{
    return fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

static gph_status_t check_bounds(const checker_t *checker, int64_t r)
{
    const double lower = checker->bound[0][r];
    const double upper = checker->bound[1][r];
    if (!(lower >= 0) || !(lower <= upper) || !isfinite(upper))
        return wrong(checker, r, "the lower bound is above the upper one");
    if (checker->exact[r] > 1 || (checker->exact[r] == 1 && lower != upper))
        return wrong(checker, r, "it is called exact, but the bounds differ");
    return GPH_OK;
}

/* Replays a mapping and compares what it does. */
static gph_status_t check_path(checker_t *checker, int64_t r, const gph_small_graph_t *first,
                               const gph_small_graph_t *second, const int64_t *map)
{
    gph_status_t status = GPH_OK;
    int32_t narrow[GPH_GED_NODES_MOST];
    gph_ged_path_t path;

    for (int32_t u = 0; u < first->nodes; u++) {
        narrow[u] = (int32_t)map[u];
        if (map[u] < -1 || map[u] >= second->nodes)
            return wrong(checker, r, "a node goes where there is none");
    }
    if (gph_ged_replay(checker->space, first, second, narrow, &path) != GPH_OK) {
        gph_env_error_clear(checker->context->env);
        GPH_TRY(wrong(checker, r, "its mapping is none: two nodes go to the same one"));
    }
    for (int o = 0; o < GPH_GED_OPERATIONS; o++)
        if (path.count[o] != checker->operation[r * GPH_GED_OPERATIONS + o] ||
            !near(path.cost[o], checker->cost[r * GPH_GED_OPERATIONS + o]))
            GPH_TRY(wrong(checker, r, "its operations are not those of its mapping"));
    if (!near(path.total, checker->bound[1][r]))
        GPH_TRY(wrong(checker, r, "its edit path does not cost the upper bound"));
    checker->paths++;

cleanup:
    return status;
}

static gph_status_t check_row(checker_t *checker, int64_t r)
{
    gph_status_t status = GPH_OK;
    const gph_pair_t pair = {checker->pair[2 * r], checker->pair[2 * r + 1]};
    const gph_small_graph_t *first = gph_collection_graph(checker->collection, pair.a);
    const gph_small_graph_t *second = gph_collection_graph(checker->collection, pair.b);
    const int64_t *map = checker->map + (checker->start[r] - checker->start[0]);
    const gph_ged_row_t row = {checker->bound[0][r], checker->bound[1][r], checker->exact[r]};

    GPH_TRY(check_bounds(checker, r));
    if (first->nodes == 0 || map[0] != -2)
        GPH_TRY(check_path(checker, r, first, second, map));
    gph_digest_add(&checker->sum, gph_ged_row_item(checker->begin + r, pair, &row));
    gph_digest_add(&checker->sum, gph_ged_map_item(checker->begin + r, first->nodes, map));

cleanup:
    return status;
}

/* Checks this rank's part of the rows. */
static gph_status_t check_rows(checker_t *checker)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = checker->context;
    const int64_t end = gph_block_start(checker->rows, context->ranks, context->rank + 1);
    checker->begin = gph_block_start(checker->rows, context->ranks, context->rank);

    GPH_TRY(make_room(checker));
    GPH_TRY(gph_ged_create(checker->context, &checker->costs, &checker->space));
    for (; checker->begin < end; checker->begin += checker->count) {
        checker->count = end - checker->begin < ROWS_AT_ONCE ? end - checker->begin : ROWS_AT_ONCE;
        GPH_TRY(read_part(checker));
        GPH_TRY(read_maps(checker));
        for (int64_t r = 0; r < checker->count; r++)
            GPH_TRY(check_row(checker, r));
    }

cleanup:
    return status;
}

static gph_status_t check_all(checker_t *checker, const char *collection,
                              gph_ged_verified_t *verified)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = checker->context;
    const char *input = collection != NULL ? collection : checker->input;
    char digest[GPH_DIGEST_CHARS];

    if (*input == '\0')
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "%s does not tell its collection: name it as second argument",
                         gph_path_shown(checker->h5.path)));
    GPH_TRY(gph_collection_load(context, input, &checker->form, &checker->collection));
    if (strcmp(gph_collection_digest(checker->collection, digest), checker->collection_digest) != 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_VERIFY,
                         "%s: the graphs of %s are not those that the result is of",
                         gph_path_shown(checker->h5.path), gph_path_shown(input)));
    GPH_TRY_ALL(context, check_rows(checker));
    GPH_TRY(gph_comm_sum_digest(context, &checker->sum));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &checker->paths));
    gph_digest_format(checker->sum, verified->digest);
    if (strcmp(verified->digest, checker->digest) != 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_VERIFY, "%s: its digest is %s, not %s",
                         gph_path_shown(checker->h5.path), verified->digest, checker->digest));
    verified->rows = checker->rows;
    verified->paths = checker->paths;

cleanup:
    return status;
}

static void checker_free(checker_t *checker)
{
    gph_h5_close(&checker->h5);
    gph_collection_destroy(&checker->collection);
    gph_ged_destroy(&checker->space);
    gph_ged_cost_free(&checker->costs.node);
    gph_ged_cost_free(&checker->costs.edge);
    gph_free(checker->pair);
    gph_free(checker->bound[0]);
    gph_free(checker->bound[1]);
    gph_free(checker->exact);
    gph_free(checker->operation);
    gph_free(checker->cost);
    gph_free(checker->start);
    gph_free(checker->map);
    gph_free(checker);
}

/* Opens the file on this rank and reads what it tells. */
static gph_status_t open_file(gph_context_t *context, const char *path, checker_t *checker)
{
    gph_status_t status = GPH_OK;
    char format[TEXT_CHARS] = "";

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    GPH_TRY(gph_h5_open(context, path, &checker->h5));
    if (!gph_h5_read_text(checker->h5.file, "format", sizeof format, format) ||
        strcmp(format, format_name) != 0)
        GPH_TRY(bad_file(checker, "format", "is another one"));
    GPH_TRY(read_model(checker));

cleanup:
    return status;
}

gph_status_t gph_ged_verify(gph_context_t *context, const char *path, const char *collection,
                            gph_ged_verified_t *verified)
{
    gph_status_t status = GPH_OK;
    gph_ged_verified_t made = {.rows = 0};
    checker_t *checker = NULL;

    if (context == NULL || path == NULL || verified == NULL)
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *checker, &checker));
    checker->context = context;
    checker->h5 = (gph_h5_t){.context = context, .path = path, .file = -1};
    GPH_TRY_ALL(context, open_file(context, path, checker));
    GPH_TRY(check_all(checker, collection, &made));
    *verified = made;

cleanup:
    if (checker != NULL)
        checker_free(checker);
    return status;
}

gph_status_t gph_ged_is_result(gph_context_t *context, const char *path, bool *is_result)
{
    char format[TEXT_CHARS] = "";
    bool found = false;

    if (context == NULL || path == NULL || is_result == NULL)
        return GPH_ERR_USAGE;
    if (context->rank == 0) {
        H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
        const hid_t access = gph_h5_access();
        const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
        found = file >= 0 && gph_h5_read_text(file, "format", sizeof format, format) &&
                strcmp(format, format_name) == 0;
        if (file >= 0)
            H5Fclose(file);
        H5Pclose(access);
    }
    const gph_status_t status = gph_comm_bcast(context, 0, sizeof found, &found);
    *is_result = found;
    return status;
}
