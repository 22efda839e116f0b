/* The oracle: brute force. */
#include "oracle.h"

#include "base/random.h"
#include "gph/dist.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_MEMBERS = 16 };

void oracle_empty(int n, oracle_t *oracle)
{
    memset(oracle, 0, sizeof *oracle);
    oracle->n = n;
    /* Gaps grow, so that ids are neither dense nor even. */
    for (int v = 0; v < n; v++)
        oracle->id[v] = (int64_t)v * v * v * 1000003 + v + 1;
}

static void join(oracle_t *oracle, int u, int v)
{
    oracle->joined[u][v] = true;
    oracle->joined[v][u] = true;
}

void oracle_random(int n, double density, uint64_t seed, oracle_t *oracle)
{
    oracle_empty(n, oracle);
    for (int u = 0; u < n; u++)
        for (int v = u + 1; v < n; v++)
            if (gph_random_unit(gph_random_u64(seed, 41, (uint64_t)(u * n + v))) < density)
                join(oracle, u, v);
}

void oracle_turan(int n, int parts, oracle_t *oracle)
{
    oracle_empty(n, oracle);
    for (int u = 0; u < n; u++)
        for (int v = u + 1; v < n; v++)
            if (u % parts != v % parts)
                join(oracle, u, v);
}

void oracle_sample(int number, oracle_t *oracle)
{
    switch (number) {
    case 0: /* fewer vertices than ranks */
        oracle_random(3, 0.8, 1, oracle);
        break;
    case 1: /* one edge among isolated vertices */
        oracle_empty(9, oracle);
        join(oracle, 7, 2);
        break;
    case 2: /* a star whose hub has the middle id */
        oracle_empty(21, oracle);
        for (int v = 0; v < 21; v++)
            if (v != 10)
                join(oracle, 10, v);
        break;
    case 3:
        oracle_turan(16, 16, oracle);
        break;
    case 4:
        oracle_turan(18, 6, oracle);
        break;
    case 5: /* two cliques that share three vertices */
        oracle_empty(19, oracle);
        for (int u = 0; u < 19; u++)
            for (int v = 0; v < u; v++)
                if (u < 11 || v >= 8)
                    join(oracle, u, v);
        break;
    default:
        oracle_random(14 + 3 * number, 1.55 - 0.15 * number, (uint64_t)number, oracle);
    }
}

gph_status_t oracle_build(gph_context_t *context, const oracle_t *oracle, gph_graph_t **graph)
{
    int64_t *ends = malloc(2 * sizeof *ends * ORACLE_MOST * ORACLE_MOST);
    int64_t *const others = ends + (ptrdiff_t)ORACLE_MOST * ORACLE_MOST;
    int64_t held = 0;
    int64_t number = 0;
    if (ends == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    for (int u = 0; u < oracle->n; u++)
        for (int v = 0; v < u; v++) {
            if (!oracle->joined[u][v] || number++ % context->ranks != context->rank)
                continue;
            ends[held] = oracle->id[number % 2 ? u : v];
            others[held++] = oracle->id[number % 2 ? v : u];
        }
    /* A loop makes each isolated vertex one that occurs. */
    for (int v = 0; v < oracle->n && context->rank == 0; v++) {
        ends[held] = oracle->id[v];
        others[held++] = oracle->id[v];
    }
    const gph_status_t status = gph_graph_from_edges(context, held, ends, others, graph);
    free(ends);
    return status;
}

/** What is done with each clique found. */
typedef void found_fn(void *data, const int *member, int k);

/** Tries all vertices after the last one chosen. */
static void extend(const oracle_t *oracle, int k, int chosen, int *member, found_fn *found,
                   void *data)
{
    if (chosen == k) {
        found(data, member, k);
        return;
    }
    for (int v = chosen > 0 ? member[chosen - 1] + 1 : 0; v < oracle->n; v++) {
        int joined = 0;
        while (joined < chosen && oracle->joined[member[joined]][v])
            joined += 1;
        if (joined < chosen)
            continue;
        member[chosen] = v;
        extend(oracle, k, chosen + 1, member, found, data);
    }
}

static void add_one(void *data, const int *member, int k)
{
    int64_t *count = data;
    (void)member;
    (void)k;
    *count += 1;
}

int64_t oracle_count(const oracle_t *oracle, int k)
{
    int member[MOST_MEMBERS];
    int64_t count = 0;
    extend(oracle, k, 0, member, add_one, &count);
    return count;
}

static void add_members(void *data, const int *member, int k)
{
    int64_t *counts = data;
    for (int m = 0; m < k; m++)
        counts[member[m]] += 1;
}

void oracle_vertex_counts(const oracle_t *oracle, int k, int64_t *counts)
{
    int member[MOST_MEMBERS];
    for (int v = 0; v < oracle->n; v++)
        counts[v] = 0;
    extend(oracle, k, 0, member, add_members, counts);
}

typedef struct writer {
    const oracle_t *oracle;
    int64_t *next;
} writer_t;

static void write_row(void *data, const int *member, int k)
{
    writer_t *writer = data;
    for (int m = 0; m < k; m++)
        *writer->next++ = writer->oracle->id[member[m]];
}

/** malloc() that ends the program when there is no memory. */
static void *need(int64_t count, size_t size)
{
    void *block = malloc((size_t)(count > 0 ? count : 1) * size);
    if (block == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    return block;
}

int64_t *oracle_list(const oracle_t *oracle, int k, int64_t *count)
{
    int member[MOST_MEMBERS];
    *count = oracle_count(oracle, k);
    int64_t *rows = need(*count * k, sizeof *rows);
    writer_t writer = {oracle, rows};
    extend(oracle, k, 0, member, write_row, &writer);
    return rows;
}

/* qsort() hands nothing on to its comparison, so the length of rows stands here. */
static int row_length;

static int compare_rows(const void *x, const void *y)
{
    const int64_t *a = x;
    const int64_t *b = y;
    for (int m = 0; m < row_length; m++)
        if (a[m] != b[m])
            return a[m] < b[m] ? -1 : 1;
    return 0;
}

static int find(const oracle_t *oracle, int64_t id)
{
    for (int v = 0; v < oracle->n; v++)
        if (oracle->id[v] == id)
            return v;
    return -1;
}

static bool ascends(const oracle_t *oracle, int k, const int64_t *row)
{
    for (int m = 0; m < k; m++)
        if (find(oracle, row[m]) < 0 || (m > 0 && row[m] <= row[m - 1]))
            return false;
    return true;
}

static bool all_joined(const oracle_t *oracle, int k, const int64_t *row)
{
    for (int m = 0; m < k; m++)
        for (int other = 0; other < m; other++)
            if (!oracle->joined[find(oracle, row[m])][find(oracle, row[other])])
                return false;
    return true;
}

defects_t oracle_check(const oracle_t *oracle, int k, const int64_t *rows, int64_t count)
{
    defects_t defects = {0};
    int64_t wanted_count = 0;
    int64_t *wanted = oracle_list(oracle, k, &wanted_count);
    int64_t *sorted = need(count * k, sizeof *sorted);
    const size_t bytes = (size_t)k * sizeof *sorted;
    if (count > 0)
        memcpy(sorted, rows, (size_t)count * bytes);
    row_length = k;
    qsort(sorted, (size_t)count, bytes, compare_rows);
    for (int64_t i = 0; i < count; i++) {
        const int64_t *row = sorted + i * k;
        if (!ascends(oracle, k, row))
            defects.unordered += 1;
        else if (!all_joined(oracle, k, row))
            defects.unjoined += 1;
        defects.repeated += i > 0 && compare_rows(row, row - k) == 0;
    }
    for (int64_t i = 0; i < wanted_count; i++)
        defects.missing += count == 0 || bsearch(wanted + i * k, sorted, (size_t)count, bytes,
                                                 compare_rows) == NULL;
    free(wanted);
    free(sorted);
    return defects;
}

bool oracle_accepts(const oracle_t *oracle, int k, const int64_t *rows, int64_t count)
{
    const defects_t defects = oracle_check(oracle, k, rows, count);
    return defects.unordered == 0 && defects.unjoined == 0 && defects.repeated == 0 &&
           defects.missing == 0;
}
