/* Lists of pairs: read from a file, given, or numbered by a formula. */
#include "base/checked.h"
#include "ged/pairs.h"
#include "io/lines.h"
#include "io/parse.h"
#include "io/scan.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>

/* Makes a list. Collective. Takes `pair` over in any case. */
static gph_status_t make(const gph_collection_t *collection, gph_ged_pairs_t pairs,
                         gph_ged_pairs_t **out)
{
    gph_status_t status = GPH_OK;
    gph_ged_pairs_t *made = NULL;

    pairs.graphs = collection->set.count;
    GPH_TRY_ALL(collection->context, gph_alloc(collection->context->env, 1, sizeof *made, &made));
    *made = pairs;
    *out = made;
    return GPH_OK;

cleanup:
    gph_free(made);
    gph_free(pairs.pair);
    return status;
}

gph_status_t gph_ged_pairs_take(const gph_collection_t *collection, int64_t count, gph_pair_t *pair,
                                gph_ged_pairs_t **pairs)
{
    return make(collection, (gph_ged_pairs_t){.count = count, .pair = pair}, pairs);
}

gph_status_t gph_ged_pairs_all(const gph_collection_t *collection, gph_ged_pairs_t **pairs)
{
    int64_t twice = 0;
    if (collection == NULL || pairs == NULL)
        return GPH_ERR_USAGE;
    const int64_t n = collection->set.count;
    if (!gph_mul_i64(n, n - 1, &twice))
        return gph_fail(collection->context->env, GPH_ERR_USAGE, "too many pairs to number");
    return make(collection, (gph_ged_pairs_t){.kind = GPH_GED_PAIRS_ALL, .count = twice / 2},
                pairs);
}

gph_status_t gph_ged_pairs_cross(const gph_collection_t *collection, int64_t queries,
                                 gph_ged_pairs_t **pairs)
{
    int64_t count = 0;
    if (collection == NULL || pairs == NULL)
        return GPH_ERR_USAGE;
    const int64_t n = collection->set.count;
    if (queries < 0 || queries > n)
        return gph_fail(collection->context->env, GPH_ERR_USAGE,
                        "%" PRId64 " queries among %" PRId64 " graphs", queries, n);
    if (!gph_mul_i64(queries, n - queries, &count))
        return gph_fail(collection->context->env, GPH_ERR_USAGE, "too many pairs to number");
    return make(collection,
                (gph_ged_pairs_t){.kind = GPH_GED_PAIRS_CROSS, .count = count, .queries = queries},
                pairs);
}

/* --- given ---------------------------------------------------------------------------------- */

static bool is_there(const gph_collection_t *collection, int64_t graph)
{
    return graph >= 0 && graph < collection->set.count;
}

static gph_status_t copy_pairs(const gph_collection_t *collection, int64_t count,
                               const int64_t *pair, gph_pair_t **copy)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = collection->context->env;

    GPH_TRY(gph_alloc(env, count, sizeof **copy, copy));
    for (int64_t p = 0; p < count; p++) {
        (*copy)[p] = (gph_pair_t){pair[2 * p], pair[2 * p + 1]};
        if (!is_there(collection, pair[2 * p]) || !is_there(collection, pair[2 * p + 1]))
            GPH_TRY(gph_fail(env, GPH_ERR_USAGE,
                             "pair %" PRId64 " is of graphs %" PRId64 " and %" PRId64
                             ", but there are %" PRId64 " graphs, counted from 0",
                             p, pair[2 * p], pair[2 * p + 1], collection->set.count));
    }

cleanup:
    return status;
}

gph_status_t gph_ged_pairs_list(const gph_collection_t *collection, int64_t count,
                                const int64_t *pair, gph_ged_pairs_t **pairs)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *copy = NULL;

    if (collection == NULL || pairs == NULL || count < 0 || (count > 0 && pair == NULL))
        return GPH_ERR_USAGE;
    GPH_TRY_ALL(collection->context, copy_pairs(collection, count, pair, &copy));
    return gph_ged_pairs_take(collection, count, copy, pairs);

cleanup:
    gph_free(copy);
    return status;
}

/* --- read ----------------------------------------------------------------------------------- */

static gph_status_t read_graph(const gph_collection_t *collection, const gph_lines_t *lines,
                               const char **at, int64_t *graph)
{
    char token[GPH_TOKEN_CHARS];
    *at = gph_skip_blanks(*at);
    const char *after = gph_scan_id(*at, false, graph);
    if (after == NULL)
        return gph_fail_line(lines, lines->head,
                             "'%s' where the number of a graph is expected; a pair is `i j`",
                             gph_token_quote(*at, false, token));
    if (!is_there(collection, *graph))
        return gph_fail_line(lines, lines->head,
                             "graph %" PRId64 ", but there are %" PRId64 " graphs, counted from 0",
                             *graph, collection->set.count);
    *at = after;
    return GPH_OK;
}

static gph_status_t read_pairs(const gph_collection_t *collection, gph_lines_t *lines,
                               gph_array_t *pairs)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;
    gph_pair_t pair = {0, 0};

    GPH_TRY(gph_lines_head(lines, &line));
    while (line != NULL) {
        line = gph_skip_blanks(line);
        if (!gph_at_line_end(line) && *line != '#') {
            GPH_TRY(read_graph(collection, lines, &line, &pair.a));
            GPH_TRY(read_graph(collection, lines, &line, &pair.b));
            GPH_TRY(gph_array_push(pairs, &pair));
        }
        GPH_TRY(gph_lines_head(lines, &line));
    }

cleanup:
    return status;
}

gph_status_t gph_ged_pairs_read(const gph_collection_t *collection, const char *path,
                                gph_ged_pairs_t **pairs)
{
    gph_status_t status = GPH_OK;
    gph_lines_t lines = {0};

    if (collection == NULL || path == NULL || pairs == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    gph_array_t read = gph_array_init(context->env, sizeof(gph_pair_t));
    GPH_TRY(gph_lines_open(context, path, false, &lines));
    GPH_TRY_ALL(context, read_pairs(collection, &lines, &read));
    const int64_t count = read.count;
    status = gph_ged_pairs_take(collection, count, gph_array_take(&read), pairs);

cleanup:
    gph_array_free(&read);
    gph_lines_close(&lines);
    return status;
}

/* --- looked at ------------------------------------------------------------------------------ */

/* Number of the first pair of row i among all pairs of n graphs. */
static int64_t row_start(int64_t n, int64_t i)
{
    /* One of two consecutive factors is even; halving first keeps the product in range. */
    const int64_t a = i % 2 == 0 ? i / 2 : i;
    const int64_t b = i % 2 == 0 ? 2 * n - i - 1 : (2 * n - i - 1) / 2;
    return a * b;
}

static gph_pair_t pair_of_all(int64_t n, int64_t index)
{
    const double half = (double)n - 0.5;
    int64_t i = (int64_t)(half - sqrt(fmax(half * half - 2 * (double)index, 0)));
    i = i < 0 ? 0 : i > n - 2 ? n - 2 : i;
    /* The root is off by one at most, but for rounding. */
    while (i > 0 && row_start(n, i) > index)
        i--;
    while (row_start(n, i + 1) <= index)
        i++;
    return (gph_pair_t){i, i + 1 + index - row_start(n, i)};
}

gph_pair_t gph_ged_pairs_at(const gph_ged_pairs_t *pairs, int64_t index)
{
    if (pairs->kind == GPH_GED_PAIRS_LIST)
        return pairs->pair[index];
    if (pairs->kind == GPH_GED_PAIRS_ALL)
        return pair_of_all(pairs->graphs, index);
    const int64_t searched = pairs->graphs - pairs->queries;
    return (gph_pair_t){index / searched, pairs->queries + index % searched};
}

int64_t gph_ged_pairs_count(const gph_ged_pairs_t *pairs)
{
    return pairs->count;
}

void gph_ged_pairs_get(const gph_ged_pairs_t *pairs, int64_t index, int64_t *first, int64_t *second)
{
    const gph_pair_t pair = gph_ged_pairs_at(pairs, index);
    *first = pair.a;
    *second = pair.b;
}

void gph_ged_pairs_destroy(gph_ged_pairs_t **pairs)
{
    if (pairs == NULL || *pairs == NULL)
        return;
    gph_free((*pairs)->pair);
    gph_free(*pairs);
    *pairs = NULL;
}
