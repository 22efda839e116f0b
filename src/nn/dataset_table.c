/* Tables of a folder: labels, splits, edges and sparse features. */
#include "nn/dataset.h"

#include "base/array.h"
#include "io/parse.h"
#include "io/read.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_CHARS = 4096, CLASSES_MOST = 65536, FEATURES_MOST = 1 << 24 };

/* What is being loaded. Labels and splits of all vertices are held while loading. */
typedef struct table {
    gph_context_t *context;
    const gph_data_options_t *options;
    gph_dataset_t *dataset;
    char path[PATH_CHARS]; /* of the file being read */
    int64_t vertices;
    gph_array_t label; /* int32_t, of all vertices */
    uint8_t *split;    /* [vertices] */
    gph_array_t entry; /* entry_t, of own rows */
    int64_t features;  /* one more than the largest feature of all rows */
    locale_t numbers;
} table_t;

/* One feature of one of this rank's rows. */
typedef struct entry {
    int32_t row;
    int32_t column;
    gph_real_t value;
} entry_t;

/* Takes one line in. */
typedef gph_status_t line_fn(table_t *table, const gph_lines_t *lines, const char *at, int what);

static bool exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

/* Names a file of the folder; false when it is not there, as rank 0 sees it. Collective. */
static gph_status_t name_file(table_t *table, const char *name, bool *there)
{
    int64_t found = 0;
    const int length =
        snprintf(table->path, sizeof table->path, "%s/%s", table->options->path, name);
    if (length >= (int)sizeof table->path)
        return gph_fail(table->context->env, GPH_ERR_USAGE, "data.path is too long");
    if (table->context->rank == 0)
        found = exists(table->path);
    const gph_status_t status = gph_comm_bcast(table->context, 0, sizeof found, &found);
    *there = found != 0;
    return status;
}

/* Hands all lines that are not blank to `fn`. */
static gph_status_t each_line(table_t *table, gph_lines_t *lines, line_fn *fn, int what)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    for (;;) {
        GPH_TRY(gph_lines_head(lines, &line));
        if (line == NULL)
            break;
        line = gph_skip_blanks(line);
        if (!gph_at_line_end(line))
            GPH_TRY(fn(table, lines, line, what));
    }

cleanup:
    return status;
}

/* Reads the file table->path. Every rank reads all of it, so all find the same fault. Collective.
 */
static gph_status_t read_lines(table_t *table, line_fn *fn, int what)
{
    gph_status_t status = GPH_OK;
    gph_lines_t lines = {.descriptor = -1};
    const size_t length = strlen(table->path);
    const bool gzip = length > 3 && strcmp(table->path + length - 3, ".gz") == 0;

    GPH_TRY(gph_lines_open(table->context, table->path, gzip, &lines));
    GPH_TRY_ALL(table->context, each_line(table, &lines, fn, what));

cleanup:
    gph_lines_close(&lines);
    return status;
}

/* --- labels and splits ---------------------------------------------------------------------- */

/* Scans an integer that may be negative. */
static const char *scan_integer(const char *at, int64_t *value)
{
    const bool negative = *at == '-';
    at = gph_scan_id(at + negative, false, value);
    *value = negative ? -*value : *value;
    return at;
}

static gph_status_t take_label(table_t *table, const gph_lines_t *lines, const char *at, int what)
{
    char token[GPH_TOKEN_CHARS];
    const int64_t classes = table->options->classes > 0 ? table->options->classes : CLASSES_MOST;
    int64_t label = 0;
    const char *end = scan_integer(at, &label);
    (void)what;
    if (end == NULL || !gph_at_line_end(gph_skip_blanks(end)))
        return gph_fail_line(lines, lines->head,
                             "'%s' is not a label: one integer a line, -1 for "
                             "none",
                             gph_token_quote(at, false, token));
    if (label < -1 || label >= classes)
        return gph_fail_line(lines, lines->head,
                             "label %" PRId64 " is out of range: -1 (none) to %" PRId64, label,
                             classes - 1);
    const int32_t kept = (int32_t)label;
    return gph_array_push(&table->label, &kept);
}

static const char *const split_names[GPH_SPLITS] = {"none", "train", "val", "test"};

static gph_status_t take_split(table_t *table, const gph_lines_t *lines, const char *at, int what)
{
    char token[GPH_TOKEN_CHARS];
    const int32_t *label = table->label.data;
    int64_t vertex = 0;
    const char *end = gph_scan_id(at, false, &vertex);
    if (end == NULL || !gph_at_line_end(gph_skip_blanks(end)))
        return gph_fail_line(lines, lines->head, "'%s' is not a vertex: one number a line",
                             gph_token_quote(at, false, token));
    if (vertex >= table->vertices)
        return gph_fail_line(lines, lines->head,
                             "there is no vertex %" PRId64 ": labels.txt has 0 to %" PRId64, vertex,
                             table->vertices - 1);
    if (table->split[vertex] != GPH_SPLIT_NONE)
        return gph_fail_line(lines, lines->head,
                             "vertex %" PRId64 " is in %s.txt already; splits must not overlap",
                             vertex, split_names[table->split[vertex]]);
    if (label[vertex] < 0)
        return gph_fail_line(lines, lines->head, "vertex %" PRId64 " has no label", vertex);
    table->split[vertex] = (uint8_t)what;
    return GPH_OK;
}

static gph_status_t read_labels(table_t *table)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = table->context;
    bool there = false;
    int32_t most = -1;

    GPH_TRY(name_file(table, "labels.txt", &there));
    if (!there)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s: no such file; data.path must name a folder with labels.txt, "
                         "edges.txt, features.txt.gz, train.txt, or be a generator such as "
                         "sbm:n=1000",
                         table->path));
    GPH_TRY(read_lines(table, take_label, 0));
    table->vertices = table->label.count;
    const int32_t *label = table->label.data;
    for (int64_t v = 0; v < table->vertices; v++)
        most = label[v] > most ? label[v] : most;
    table->dataset->classes = table->options->classes > 0 ? table->options->classes : most + 1;
    if (table->dataset->classes < 1)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT, "%s: no vertex has a label", table->path));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, table->vertices, sizeof *table->split, &table->split));

cleanup:
    return status;
}

static gph_status_t read_splits(table_t *table)
{
    gph_status_t status = GPH_OK;

    for (int s = GPH_SPLIT_TRAIN; s < GPH_SPLITS; s++) {
        char name[16];
        bool there = false;
        snprintf(name, sizeof name, "%s.txt", split_names[s]);
        GPH_TRY(name_file(table, name, &there));
        if (there)
            GPH_TRY(read_lines(table, take_split, s));
    }

cleanup:
    return status;
}

/* Labels and splits of this rank's rows. */
static gph_status_t keep_rows(table_t *table)
{
    gph_status_t status = GPH_OK;
    gph_dataset_t *dataset = table->dataset;
    gph_env_t *env = table->context->env;
    const int64_t rows = dataset->domain.rows;
    const int32_t *label = table->label.data;

    GPH_TRY(gph_alloc(env, rows, sizeof *dataset->label, &dataset->label));
    GPH_TRY(gph_alloc(env, rows, sizeof *dataset->split, &dataset->split));
    for (int64_t i = 0; i < rows; i++) {
        dataset->label[i] = label[dataset->domain.first + i];
        dataset->split[i] = table->split[dataset->domain.first + i];
    }

cleanup:
    return status;
}

/* --- edges ---------------------------------------------------------------------------------- */

static gph_status_t read_graph(table_t *table)
{
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();
    bool there = false;

    GPH_TRY(name_file(table, "edges.txt", &there));
    if (!there)
        GPH_TRY(name_file(table, "edges.txt.gz", &there));
    GPH_TRY(gph_read_edges(table->context, table->path, GPH_FORMAT_EDGES, &edges));
    edges.vertices = table->vertices;
    edges.first_id = 0;
    GPH_TRY(gph_dataset_build(table->context, table->options, &edges, table->dataset));

cleanup:
    gph_edges_free(&edges);
    return status;
}

/* --- features ------------------------------------------------------------------------------- */

static gph_status_t take_feature(table_t *table, const gph_lines_t *lines, const char *at, int what)
{
    char token[GPH_TOKEN_CHARS];
    const gph_domain_t *domain = &table->dataset->domain;
    const int64_t most = table->options->features > 0 ? table->options->features : FEATURES_MOST;
    int64_t vertex = 0;
    int64_t feature = 0;
    double value = 0;
    (void)what;
    const char *next = gph_scan_id(at, false, &vertex);
    next = next != NULL ? gph_scan_id(gph_skip_blanks(next), false, &feature) : NULL;
    if (next == NULL)
        return gph_fail_line(lines, lines->head,
                             "expected: node feature value, two numbers from 0 "
                             "and a value");
    next = gph_skip_blanks(next);
    const char *end = gph_scan_number(next, false, table->numbers, &value);
    if (end == NULL || !gph_at_line_end(gph_skip_blanks(end)))
        return gph_fail_line(lines, lines->head, "the value '%s' is not one finite number",
                             gph_token_quote(next, false, token));
    if (vertex >= table->vertices)
        return gph_fail_line(lines, lines->head,
                             "there is no vertex %" PRId64 ": labels.txt has 0 to %" PRId64, vertex,
                             table->vertices - 1);
    if (feature >= most)
        return gph_fail_line(lines, lines->head,
                             "feature %" PRId64 " is out of range: rows are %" PRId64 " wide",
                             feature, most);
    table->features = feature >= table->features ? feature + 1 : table->features;
    if (vertex < domain->first || vertex >= domain->first + domain->rows || value == 0)
        return GPH_OK;
    const entry_t entry = {(int32_t)(vertex - domain->first), (int32_t)feature, (gph_real_t)value};
    return gph_array_push(&table->entry, &entry);
}

/* Sorts the entries of one row by column; rows are short, and mostly sorted already. */
static gph_status_t sort_row(const table_t *table, int64_t row, int64_t count, int32_t *column,
                             gph_real_t *value)
{
    for (int64_t i = 1; i < count; i++) {
        const int32_t c = column[i];
        const gph_real_t v = value[i];
        int64_t at = i;
        for (; at > 0 && column[at - 1] > c; at--) {
            column[at] = column[at - 1];
            value[at] = value[at - 1];
        }
        column[at] = c;
        value[at] = v;
        if (at > 0 && column[at - 1] == c)
            return gph_fail(table->context->env, GPH_ERR_INPUT,
                            "%s: vertex %" PRId64 " has feature %d twice", table->path,
                            table->dataset->domain.first + row, (int)c);
    }
    return GPH_OK;
}

/* Each row divided by its sum, as is usual for bags of words. */
static void normalise_row(int64_t count, gph_real_t *value)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)value[i];
    for (int64_t i = 0; i < count && sum != 0; i++)
        value[i] = (gph_real_t)((double)value[i] / sum);
}

/* From entries to rows. */
static gph_status_t make_rows(table_t *table)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = table->context->env;
    gph_sparse_t *sparse = &table->dataset->sparse;
    const entry_t *entry = table->entry.data;
    const int64_t rows = table->dataset->domain.rows;

    sparse->rows = rows;
    sparse->columns = table->dataset->features;
    GPH_TRY(gph_calloc(env, rows + 2, sizeof *sparse->offset, &sparse->offset));
    GPH_TRY(gph_alloc(env, table->entry.count, sizeof *sparse->column, &sparse->column));
    GPH_TRY(gph_alloc(env, table->entry.count, sizeof *sparse->value, &sparse->value));
    for (int64_t e = 0; e < table->entry.count; e++)
        sparse->offset[entry[e].row + 2]++;
    for (int64_t i = 0; i < rows; i++)
        sparse->offset[i + 2] += sparse->offset[i + 1];
    for (int64_t e = 0; e < table->entry.count; e++) {
        const gph_off_t at = sparse->offset[entry[e].row + 1]++;
        sparse->column[at] = entry[e].column;
        sparse->value[at] = entry[e].value;
    }
    for (int64_t i = 0; i < rows; i++) {
        const gph_off_t at = sparse->offset[i];
        const int64_t count = sparse->offset[i + 1] - at;
        GPH_TRY(sort_row(table, i, count, sparse->column + at, sparse->value + at));
        if (table->options->normalise)
            normalise_row(count, sparse->value + at);
    }

cleanup:
    return status;
}

static gph_status_t read_features(table_t *table)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = table->context;
    gph_dataset_t *dataset = table->dataset;
    bool there = false;

    GPH_TRY(name_file(table, "features.txt.gz", &there));
    if (!there)
        GPH_TRY(name_file(table, "features.txt", &there));
    GPH_TRY_ALL(context, gph_numbers_open(context->env, &table->numbers));
    GPH_TRY(read_lines(table, take_feature, 0));
    dataset->features = table->options->features > 0 ? table->options->features : table->features;
    if (dataset->features == 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT, "%s: no features", table->path));
    GPH_TRY_ALL(context, make_rows(table));
    gph_array_free(&table->entry);
    GPH_TRY(gph_sparse_finish(&dataset->domain, &dataset->sparse));

cleanup:
    return status;
}

static void table_init(gph_context_t *context, const gph_data_options_t *options,
                       gph_dataset_t *dataset, table_t *table)
{
    table->context = context;
    table->options = options;
    table->dataset = dataset;
    table->label = gph_array_init(context->env, sizeof(int32_t));
    table->entry = gph_array_init(context->env, sizeof(entry_t));
}

gph_status_t gph_dataset_table(gph_context_t *context, const gph_data_options_t *options,
                               gph_dataset_t *dataset)
{
    gph_status_t status = GPH_OK;
    table_t *table = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *table, &table));
    table_init(context, options, dataset, table);
    GPH_TRY(read_labels(table));
    GPH_TRY(read_splits(table));
    GPH_TRY(read_graph(table));
    GPH_TRY_ALL(context, keep_rows(table));
    GPH_TRY(read_features(table));

cleanup:
    if (table != NULL && table->context != NULL) {
        gph_numbers_close(&table->numbers);
        gph_array_free(&table->label);
        gph_array_free(&table->entry);
        gph_free(table->split);
    }
    gph_free(table);
    return status;
}
