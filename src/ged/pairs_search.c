/*
 * Similarity search. Within a threshold it is one phase that climbs the ladder of methods. For the
 * nearest graphs it is three: bounds of all pairs; distances of the so many with the least lower
 * bounds, which bring down the distance that matters; distances of whatever may still be nearer.
 * What a later phase looks at depends on the rows of the earlier ones alone.
 */
#include "ged/pairs.h"
#include "par/comm.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct search {
    gph_ged_job_t *job;
    int64_t queries;
    int64_t searched; /* graphs that are no queries */
    int64_t nearest;  /* 0: all within the threshold */
    gph_ged_pairs_t *cross;
    gph_array_t matches; /* gph_ged_match_t */
    /* For the nearest: */
    gph_ged_row_t *row;                       /* [cross] best known of each pair, on every rank */
    double *limit;                            /* [queries] greater distances do not matter */
    gph_ged_match_t *order;                   /* [searched] work space: graphs of a query, sorted */
    gph_ged_pairs_t *chosen[GPH_GED_PHASES];  /* pairs of each phase but the first */
    gph_array_t chosen_limit[GPH_GED_PHASES]; /* double: their thresholds */
    gph_array_t chosen_index[GPH_GED_PHASES]; /* int64_t: their rows */
} search_t;

/* --- orders --------------------------------------------------------------------------------- */

static int compare(double a, double b)
{
    return (a > b) - (a < b);
}

/* qsort(): graphs are unequal, so the order is the same everywhere. */
static int by_upper(const void *left, const void *right)
{
    const gph_ged_match_t *a = left;
    const gph_ged_match_t *b = right;
    int order = compare(a->upper, b->upper);
    if (order == 0)
        order = compare(a->lower, b->lower);
    return order != 0 ? order : (a->graph > b->graph) - (a->graph < b->graph);
}

static int by_lower(const void *left, const void *right)
{
    const gph_ged_match_t *a = left;
    const gph_ged_match_t *b = right;
    const int order = compare(a->lower, b->lower);
    return order != 0 ? order : (a->graph > b->graph) - (a->graph < b->graph);
}

/* Graphs of a query that may be near enough, sorted. Returns their number. `open`: only those whose
 * distance is unknown and worth the last method. */
static int64_t sort_graphs(const search_t *search, int64_t query, bool open,
                           int (*order)(const void *, const void *))
{
    const gph_ged_method_t last = search->job->options->pair.method;
    const gph_ged_row_t *row = search->row + query * search->searched;
    int64_t count = 0;
    for (int64_t g = 0; g < search->searched; g++) {
        const bool settled = (row[g].flags & GPH_GED_ROW_EXACT) != 0 ||
                             gph_ged_row_method(&row[g]) == last ||
                             row[g].lower > search->limit[query];
        if (!(row[g].flags & GPH_GED_ROW_OVER) && !(open && settled))
            search->order[count++] = (gph_ged_match_t){query, g, row[g].lower, row[g].upper};
    }
    if (count > 0)
        qsort(search->order, (size_t)count, sizeof *search->order, order);
    return count;
}

/* --- the nearest ---------------------------------------------------------------------------- */

/* Lowers what matters to the so many-th least upper bound of each query. */
static void set_limits(search_t *search)
{
    const double threshold = search->job->options->pair.threshold;
    for (int64_t q = 0; q < search->queries; q++) {
        const int64_t count = sort_graphs(search, q, false, by_upper);
        search->limit[q] = threshold >= 0 ? threshold : INFINITY;
        if (count >= search->nearest)
            search->limit[q] = fmin(search->limit[q], search->order[search->nearest - 1].upper);
    }
}

/* Chooses for each query the open graphs with the least lower bounds, at most `most` of them. */
static gph_status_t choose(search_t *search, int phase, int64_t most, gph_array_t *pairs)
{
    gph_status_t status = GPH_OK;

    for (int64_t q = 0; q < search->queries; q++) {
        const int64_t open = sort_graphs(search, q, true, by_lower);
        /* No limit is a negative threshold. */
        const double limit = isinf(search->limit[q]) ? -1 : search->limit[q];
        for (int64_t i = 0; i < open && i < most; i++) {
            const int64_t graph = search->order[i].graph;
            const gph_pair_t pair = {q, search->queries + graph};
            const int64_t index = q * search->searched + graph;
            GPH_TRY(gph_array_push(pairs, &pair));
            GPH_TRY(gph_array_push(&search->chosen_limit[phase], &limit));
            GPH_TRY(gph_array_push(&search->chosen_index[phase], &index));
        }
    }

cleanup:
    return status;
}

/* Takes the rows of a phase into those of all pairs, on every rank. Collective. */
static gph_status_t take_rows(search_t *search, int number)
{
    gph_status_t status = GPH_OK;
    const gph_ged_phase_t *phase = &search->job->phase[number];
    const int64_t *index = search->chosen_index[number].data;
    gph_ged_row_t *all = NULL;
    int64_t total = 0;

    GPH_TRY(gph_comm_concat_all(search->job->context, phase->owned, sizeof *all, phase->row, &all,
                                &total));
    if (number == 0) {
        search->row = all;
        return GPH_OK;
    }
    for (int64_t i = 0; i < total; i++) {
        gph_ged_row_t *row = &search->row[index[i]];
        row->lower = fmax(row->lower, all[i].lower);
        row->upper = fmin(row->upper, all[i].upper);
        row->flags = all[i].flags;
    }

cleanup:
    gph_free(all);
    return status;
}

/* One more phase, of the open graphs with the least lower bounds. Collective. */
static gph_status_t look_closer(search_t *search, int number, int64_t most)
{
    gph_status_t status = GPH_OK;
    gph_ged_job_t *job = search->job;
    gph_ged_phase_t *phase = &job->phase[number];
    gph_array_t pairs = gph_array_init(job->context->env, sizeof(gph_pair_t));

    set_limits(search);
    GPH_TRY_ALL(job->context, choose(search, number, most, &pairs));
    const int64_t count = pairs.count;
    GPH_TRY(gph_ged_pairs_take(job->collection, count, gph_array_take(&pairs),
                               &search->chosen[number]));
    phase->pairs = search->chosen[number];
    phase->options = job->options->pair;
    phase->limit = search->chosen_limit[number].data;
    GPH_TRY(gph_ged_job_phase(job, "nearest"));
    GPH_TRY(take_rows(search, number));

cleanup:
    gph_array_free(&pairs);
    return status;
}

static gph_status_t match_nearest(search_t *search)
{
    gph_status_t status = GPH_OK;
    for (int64_t q = 0; q < search->queries; q++) {
        const int64_t count = sort_graphs(search, q, false, by_upper);
        GPH_TRY(gph_array_append(&search->matches, search->order,
                                 count < search->nearest ? count : search->nearest));
    }

cleanup:
    return status;
}

static gph_status_t make_room(search_t *search)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = search->job->context->env;
    GPH_TRY(gph_calloc(env, search->queries, sizeof *search->limit, &search->limit));
    GPH_TRY(gph_alloc(env, search->searched, sizeof *search->order, &search->order));

cleanup:
    return status;
}

static gph_status_t find_nearest(search_t *search)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = search->job->context;

    GPH_TRY_ALL(context, make_room(search));
    GPH_TRY(take_rows(search, 0));
    if (search->job->options->pair.method > GPH_GED_BRANCH) {
        GPH_TRY(look_closer(search, 1, search->nearest));
        GPH_TRY(look_closer(search, 2, INT64_MAX));
    }
    GPH_TRY_ALL(context, match_nearest(search));

cleanup:
    return status;
}

/* --- within the threshold ------------------------------------------------------------------- */

/* Rows of this rank that are not proved to be over the threshold. */
static gph_status_t match_rows(const search_t *search, gph_array_t *here)
{
    gph_status_t status = GPH_OK;
    const gph_ged_phase_t *phase = &search->job->phase[0];

    for (int64_t r = 0; r < phase->owned; r++) {
        const gph_pair_t pair = gph_ged_pairs_at(search->cross, phase->first + r);
        const gph_ged_row_t *row = &phase->row[r];
        const gph_ged_match_t match = {pair.a, pair.b - search->queries, row->lower, row->upper};
        if (!(row->flags & GPH_GED_ROW_OVER))
            GPH_TRY(gph_array_push(here, &match));
    }

cleanup:
    return status;
}

static gph_status_t find_within(search_t *search)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = search->job->context;
    gph_array_t here = gph_array_init(context->env, sizeof(gph_ged_match_t));

    GPH_TRY_ALL(context, match_rows(search, &here));
    GPH_TRY(gph_comm_concat_all(context, here.count, here.size, here.data, &search->matches.data,
                                &search->matches.count));
    search->matches.capacity = search->matches.count;

cleanup:
    gph_array_free(&here);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static gph_status_t check_search(const gph_collection_t *collection, int64_t nearest,
                                 const gph_ged_batch_options_t *options)
{
    gph_env_t *env = collection->context->env;
    if (nearest < 0 || (nearest == 0 && !(options->pair.threshold >= 0)))
        return gph_fail(env, GPH_ERR_USAGE,
                        "a search needs a threshold, or how many of the nearest graphs are wanted");
    if (nearest > 0 && options->pair.method < GPH_GED_BRANCH)
        return gph_fail(env, GPH_ERR_USAGE,
                        "method %s gives no upper bound, and so no order of nearest graphs",
                        gph_ged_method_name(options->pair.method));
    if (nearest > 0 && options->pair.decide)
        return gph_fail(env, GPH_ERR_USAGE,
                        "the nearest graphs need distances: nothing can only be decided");
    if (options->paths || options->cliques)
        return gph_fail(env, GPH_ERR_USAGE, "a search gives no edit paths and clique mismatches");
    if (options->matrix_path != NULL)
        return gph_fail(env, GPH_ERR_USAGE, "%s: a matrix is of all pairs of a collection",
                        options->matrix_path);
    return gph_ged_batch_check(collection, options);
}

/* Bounds of all pairs, or all that is wanted. */
static gph_status_t first_phase(search_t *search)
{
    gph_ged_job_t *job = search->job;
    gph_ged_phase_t *phase = &job->phase[0];

    phase->pairs = search->cross;
    phase->options = job->options->pair;
    phase->filter = true;
    if (search->nearest > 0 && phase->options.method > GPH_GED_BRANCH)
        phase->options.method = GPH_GED_BRANCH;
    return gph_ged_job_phase(job, search->nearest > 0 ? "bounds" : "search");
}

static gph_status_t write_file(search_t *search, const char *digest)
{
    gph_status_t status = GPH_OK;
    gph_ged_job_t *job = search->job;

    if (job->options->out_path == NULL)
        return GPH_OK;
    gph_phase_begin(job->context, "write");
    GPH_TRY(gph_job_join(job->engine)); /* the I/O thread may be in HDF5 */
    GPH_TRY(gph_ged_write_matches(job, search->matches.count, search->matches.data, digest));

cleanup:
    gph_phase_end(job->context);
    return status;
}

static gph_status_t work(search_t *search, gph_ged_batch_t *batch)
{
    gph_status_t status = GPH_OK;
    gph_ged_job_t *job = search->job;
    gph_digest_t sum = {0, 0};

    GPH_TRY(gph_ged_job_open(job, search->cross, search->nearest));
    gph_phase_begin(job->context, "search");
    status = first_phase(search);
    if (status == GPH_OK)
        status = search->nearest > 0 ? find_nearest(search) : find_within(search);
    gph_phase_end(job->context);
    const gph_ged_match_t *match = search->matches.data;
    for (int64_t m = 0; m < search->matches.count; m++)
        gph_digest_add(&sum, gph_digest_item((uint64_t)m, &match[m], sizeof match[m]));
    if (status == GPH_OK)
        status = write_file(search, gph_digest_format(sum, batch->digest));
    if (status == GPH_ERR_STOPPED)
        gph_ged_job_stopped(job);

cleanup:
    return gph_job_close(&job->engine, status);
}

/* Sums over the rows of all pairs, where each may have gone through several phases. */
static void summarise_rows(const search_t *search, gph_ged_summary_t *summary)
{
    gph_ged_summary_t made = {.pairs = search->cross->count, .done = search->cross->count};
    for (int64_t i = 0; i < search->cross->count; i++) {
        const gph_ged_row_t *row = &search->row[i];
        made.lower += row->lower;
        made.upper += row->upper;
        made.exact += (row->flags & GPH_GED_ROW_EXACT) != 0;
        made.over += (row->flags & GPH_GED_ROW_OVER) != 0;
        made.stopped += (row->flags & GPH_GED_ROW_STOPPED) != 0;
        made.settled[gph_ged_row_method(row)]++;
    }
    for (int p = 0; p < search->job->phases; p++) {
        gph_ged_summary_t part;
        gph_ged_phase_summary(&search->job->phase[p], &part);
        made.steps += part.steps;
        for (int o = 0; o < GPH_GED_OPERATIONS; o++) {
            made.path.count[o] += part.path.count[o];
            made.path.cost[o] += part.path.cost[o];
        }
        made.path.total += part.path.total;
    }
    *summary = made;
}

static void fill(search_t *search, gph_status_t status, gph_ged_batch_t *batch)
{
    batch->search = true;
    if (status == GPH_OK && search->nearest > 0)
        summarise_rows(search, &batch->summary);
    else
        gph_ged_phase_summary(&search->job->phase[search->job->phases - 1], &batch->summary);
    if (status != GPH_OK)
        return;
    batch->matches = search->matches.count;
    batch->match = gph_array_take(&search->matches);
}

static void search_free(search_t *search)
{
    gph_ged_pairs_destroy(&search->cross);
    gph_array_free(&search->matches);
    gph_free(search->row);
    gph_free(search->limit);
    gph_free(search->order);
    for (int p = 0; p < GPH_GED_PHASES; p++) {
        gph_ged_pairs_destroy(&search->chosen[p]);
        gph_array_free(&search->chosen_limit[p]);
        gph_array_free(&search->chosen_index[p]);
    }
}

static search_t search_init(gph_ged_job_t *job, int64_t queries, int64_t nearest)
{
    gph_env_t *env = job->context->env;
    search_t search = {.job = job,
                       .queries = queries,
                       .searched = job->collection->set.count - queries,
                       .nearest = nearest};
    search.matches = gph_array_init(env, sizeof(gph_ged_match_t));
    for (int p = 0; p < GPH_GED_PHASES; p++) {
        search.chosen_limit[p] = gph_array_init(env, sizeof(double));
        search.chosen_index[p] = gph_array_init(env, sizeof(int64_t));
    }
    return search;
}

gph_status_t gph_ged_search(const gph_collection_t *collection, int64_t queries, int64_t nearest,
                            const gph_ged_batch_options_t *options, gph_ged_batch_t **batch)
{
    gph_status_t status = GPH_OK;
    gph_ged_batch_t *made = NULL;

    if (collection == NULL || options == NULL || batch == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = collection->context;
    gph_ged_job_t job = {.context = context, .collection = collection, .options = options};
    search_t search = search_init(&job, queries, nearest);
    GPH_TRY(gph_comm_same(context, "the number of nearest graphs", nearest));
    GPH_TRY_ALL(context, check_search(collection, nearest, options));
    GPH_TRY(gph_ged_pairs_cross(collection, queries, &search.cross));
    GPH_TRY_ALL(context, gph_calloc(context->env, 1, sizeof *made, &made));
    status = work(&search, made);
    if (status == GPH_OK || status == GPH_ERR_STOPPED) {
        fill(&search, status, made);
        *batch = made;
        made = NULL;
    }

cleanup:
    gph_ged_job_free(&job);
    search_free(&search);
    gph_ged_batch_destroy(&made);
    return status;
}
