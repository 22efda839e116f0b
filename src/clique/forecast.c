/* Forecast of a search: tiles are dealt to the ranks asked about, and the rows that each of these
 * would fetch are told apart at the ranks that hold them. */
#include "gph/clique_forecast.h"

#include "base/array.h"
#include "base/sort.h"
#include "clique/dag.h"
#include "clique/order.h"
#include "par/comm.h"

#include <assert.h>
#include <inttypes.h>

/* Rows, at most, that ranks tell each other about at a time. */
enum { BATCH_ROWS = 1 << 21 };

/* One of the ranks asked about. */
typedef struct future {
    int64_t tile;   /* first of its tiles */
    gph_gid_t root; /* first position that it searches, perhaps in part */
    gph_gid_t row;  /* first row that it holds */
    int64_t work;
    int64_t roots;   /* entries of the rows that it searches */
    int64_t rows;    /* rows that it fetches */
    int64_t entries; /* in these rows */
    int64_t held;    /* entries of the rows that it holds */
} future_t;

/* Ends of what future f has; one more entry than ranks stands behind the last. */
static gph_gid_t roots_end(const gph_dag_t *dag, const future_t *f)
{
    const gph_dag_place_t end = dag->place[f[1].tile];
    return f[1].tile > f->tile ? end.position + (end.slot > 0) : f->root;
}

/* Deals tiles out, consecutive and about even. */
static void deal_tiles(const gph_dag_t *dag, int64_t ranks, future_t *future)
{
    const gph_tiles_t *tiles = &dag->tiles;
    int64_t total = 0;
    int64_t sum = 0;
    int64_t tile = 0;
    assert(ranks > 0);
    for (int64_t t = 0; t < tiles->count; ++t)
        total += tiles->cost[t];
    for (int64_t r = 0; r <= ranks; ++r) {
        const int64_t target = (int64_t)((gph_count_t)total * (gph_count_t)r / (gph_count_t)ranks);
        while (tile < tiles->count &&
               (r == ranks || target - sum > sum + tiles->cost[tile] - target)) {
            future[r > 0 ? r - 1 : 0].work += tiles->cost[tile];
            sum += tiles->cost[tile++];
        }
        const gph_dag_place_t place = dag->place[tile];
        future[r].tile = tile;
        future[r].root = place.position;
        /* A row that begins before the first tile stays with the rank before. */
        future[r].row = place.position + (place.slot > 0);
    }
}

/* Counts the entries that each future searches and holds among this rank's rows. */
static void count_entries(const gph_dag_t *dag, int64_t ranks, future_t *future)
{
    const gph_gid_t last = dag->first + dag->count;
    for (int64_t r = 0; r < ranks; ++r) {
        const gph_gid_t end = roots_end(dag, &future[r]);
        const gph_gid_t low = future[r].root > dag->first ? future[r].root : dag->first;
        const gph_gid_t high = end < last ? end : last;
        if (low < high)
            future[r].roots = dag->offset[high - dag->first] - dag->offset[low - dag->first];
        const gph_gid_t from = future[r].row > dag->first ? future[r].row : dag->first;
        const gph_gid_t to = future[r + 1].row < last ? future[r + 1].row : last;
        if (from < to)
            future[r].held = dag->offset[to - dag->first] - dag->offset[from - dag->first];
    }
}

/* Local. Appends (future, position) for each row that future r needs for this rank's roots. */
static gph_status_t list_needs(const gph_dag_t *dag, const future_t *future, int64_t r,
                               gph_array_t *needs)
{
    gph_status_t status = GPH_OK;
    const gph_gid_t last = dag->first + dag->count;
    const gph_gid_t end = roots_end(dag, &future[r]);
    const gph_gid_t high = end < last ? end : last;
    for (gph_gid_t p = future[r].root > dag->first ? future[r].root : dag->first; p < high; ++p) {
        const gph_pair_t root = {r, p};
        if (p < future[r].row)
            GPH_TRY(gph_array_push(needs, &root));
        for (gph_off_t i = dag->offset[p - dag->first]; i < dag->offset[p - dag->first + 1]; ++i) {
            const gph_pair_t need = {r, dag->next[i]};
            if (need.b < future[r].row || need.b >= future[r + 1].row)
                GPH_TRY(gph_array_push(needs, &need));
        }
    }

cleanup:
    return status;
}

/* Keeps one of each in pairs[count]; returns how many are left. */
static int64_t unique(gph_pair_t *pairs, int64_t count)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < count; ++i)
        if (kept == 0 || pairs[i].a != pairs[kept - 1].a || pairs[i].b != pairs[kept - 1].b)
            pairs[kept++] = pairs[i];
    return kept;
}

/* Local. What is needed, once each, by the ranks that hold it: sorted by position. */
static gph_status_t pack_needs(const gph_dag_t *dag, gph_array_t *needs, int64_t *counts)
{
    gph_pair_t *pair = needs->data;
    const int ranks = dag->context->ranks;
    for (int64_t i = 0; i < needs->count; ++i)
        pair[i] = (gph_pair_t){pair[i].b, pair[i].a};
    const gph_status_t status = gph_sort_pairs(dag->context->env, needs->count, pair, NULL);
    if (status != GPH_OK)
        return status;
    needs->count = unique(pair, needs->count);
    for (int r = 0; r < 2 * ranks; ++r)
        counts[r] = 0;
    for (int64_t i = 0; i < needs->count; ++i)
        counts[gph_find_range(dag->start, ranks, pair[i].a)] += 1;
    return GPH_OK;
}

/* Local. Counts what was asked of this rank. */
static gph_status_t count_needs(const gph_dag_t *dag, int64_t count, gph_pair_t *asked,
                                future_t *future)
{
    const gph_status_t status = gph_sort_pairs(dag->context->env, count, asked, NULL);
    if (status != GPH_OK)
        return status;
    count = unique(asked, count);
    for (int64_t i = 0; i < count; ++i) {
        const int64_t row = asked[i].a - dag->first;
        future[asked[i].b].rows += 1;
        future[asked[i].b].entries += dag->offset[row + 1] - dag->offset[row];
    }
    return GPH_OK;
}

/* Needs of the futures [begin, end). */
static gph_status_t fetch(const gph_dag_t *dag, future_t *future, int64_t begin, int64_t end,
                          int64_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;
    gph_array_t needs = gph_array_init(context->env, sizeof(gph_pair_t));
    gph_pair_t *asked = NULL;
    int64_t arrived = 0;

    for (int64_t r = begin; r < end && status == GPH_OK; ++r)
        status = list_needs(dag, future, r, &needs);
    if (status == GPH_OK)
        status = pack_needs(dag, &needs, counts);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_exchange(context, sizeof *asked, needs.data, counts, &asked,
                              counts + context->ranks));
    for (int r = 0; r < context->ranks; ++r)
        arrived += counts[context->ranks + r];
    GPH_TRY_ALL(context, count_needs(dag, arrived, asked, future));

cleanup:
    gph_array_free(&needs);
    gph_free(asked);
    return status;
}

/* Sums over ranks of what each counted; roots of all ranks decide how much goes at a time. */
static gph_status_t survey(const gph_dag_t *dag, int64_t ranks, future_t *future, int64_t *sums,
                           int64_t *counts)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = dag->context;

    for (int64_t r = 0; r < ranks; ++r)
        sums[r] = future[r].roots;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, ranks, sums));
    for (int64_t begin = 0, end = 0; begin < ranks; begin = end) {
        int64_t rows = 0;
        while (end < ranks && (end == begin || rows + sums[end] <= BATCH_ROWS))
            rows += sums[end++];
        GPH_TRY(fetch(dag, future, begin, end, counts));
    }
    for (int64_t r = 0; r < ranks; ++r) {
        sums[3 * r] = future[r].rows;
        sums[3 * r + 1] = future[r].entries;
        sums[3 * r + 2] = future[r].held;
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 3 * ranks, sums));
    for (int64_t r = 0; r < ranks; ++r) {
        future[r].rows = sums[3 * r];
        future[r].entries = sums[3 * r + 1];
        future[r].held = sums[3 * r + 2];
    }

cleanup:
    return status;
}

static gph_forecast_rank_t forecast_of(const future_t *f, const gph_machine_t *machine)
{
    gph_forecast_rank_t rank = {
        .work = f->work,
        .sent = 8 * f->rows,
        .received = 8 * (f->rows + f->entries),
        .memory = 8 * (f->held + f->entries) + 24 * (f[1].row - f->row + f->rows),
    };
    rank.compute = (double)rank.work / machine->rate;
    rank.talk = (double)rank.received / machine->bandwidth;
    return rank;
}

static void add_up(int64_t ranks, const future_t *future, const gph_machine_t *machine,
                   gph_forecast_t *forecast, gph_forecast_rank_t *per_rank)
{
    gph_forecast_t made = {.ranks = ranks};
    int64_t work = 0;
    for (int64_t r = 0; r < ranks; ++r) {
        const gph_forecast_rank_t rank = forecast_of(&future[r], machine);
        if (per_rank != NULL)
            per_rank[r] = rank;
        work += rank.work;
        made.idle += future[r + 1].tile == future[r].tile;
        made.bytes += rank.sent + rank.received;
        made.memory += rank.memory;
        made.max_work = rank.work > made.max_work ? rank.work : made.max_work;
        made.max_bytes = rank.received > made.max_bytes ? rank.received : made.max_bytes;
        made.max_memory = rank.memory > made.max_memory ? rank.memory : made.max_memory;
        if (rank.compute + rank.talk > made.compute + made.talk) {
            made.compute = rank.compute;
            made.talk = rank.talk;
        }
    }
    made.seconds = made.compute + made.talk;
    made.speedup = made.seconds > 0 ? (double)work / machine->rate / made.seconds : 1;
    *forecast = made;
}

static gph_status_t check(const gph_graph_t *graph, const gph_clique_options_t *options,
                          int64_t ranks, const gph_machine_t *machine)
{
    gph_env_t *env = graph->context->env;
    if (graph->origin != NULL)
        return gph_fail(env, GPH_ERR_USAGE, "forecast: pass the graph as loaded, not a placed one");
    if (options->max_k < 1 || options->max_k > 4096 || options->k < 1 ||
        options->k > options->max_k)
        return gph_fail(env, GPH_ERR_USAGE, "forecast: k is %d, not in 1..%d", options->k,
                        options->max_k);
    if (ranks < 1 || ranks > GPH_PARTS_MAX)
        return gph_fail(env, GPH_ERR_USAGE, "forecast: %" PRId64 " ranks, not 1..%d", ranks,
                        GPH_PARTS_MAX);
    if (!(machine->bandwidth > 0 && machine->rate > 0))
        return gph_fail(env, GPH_ERR_USAGE,
                        "forecast: bandwidth and rate must be above 0, not %g and %g",
                        machine->bandwidth, machine->rate);
    return GPH_OK;
}

gph_status_t gph_clique_forecast(const gph_graph_t *graph, const gph_clique_options_t *options,
                                 int64_t ranks, const gph_machine_t *machine,
                                 gph_forecast_t *forecast, gph_forecast_rank_t *per_rank)
{
    gph_status_t status = GPH_OK;
    gph_order_t order = {0};
    gph_dag_t dag = {0};
    future_t *future = NULL;
    int64_t *sums = NULL;
    int64_t *counts = NULL;

    if (graph == NULL || options == NULL || machine == NULL || forecast == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    GPH_TRY_ALL(context, check(graph, options, ranks, machine));
    GPH_TRY(gph_order_make(graph, options->k, options->order, &order));
    GPH_TRY(gph_dag_make(graph, &order, options->k, options->tiles, &dag));
    gph_order_free(&order);
    GPH_TRY_ALL(context, gph_calloc(context->env, ranks + 1, sizeof *future, &future));
    GPH_TRY_ALL(context, gph_calloc(context->env, 3 * ranks, sizeof *sums, &sums));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *counts, &counts));
    deal_tiles(&dag, ranks, future);
    count_entries(&dag, ranks, future);
    GPH_TRY(survey(&dag, ranks, future, sums, counts));
    add_up(ranks, future, machine, forecast, per_rank);

cleanup:
    gph_order_free(&order);
    gph_dag_free(&dag);
    gph_free(future);
    gph_free(sums);
    gph_free(counts);
    return status;
}
