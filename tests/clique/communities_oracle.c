/* The oracle of communities. */
#include "communities_oracle.h"

#include <stdlib.h>
#include <string.h>

/** A community while it is put together. */
typedef struct community {
    const int64_t *smallest; /**< its first clique in lexicographic order */
    int k;
    int size;
    bool in[ORACLE_MOST]; /**< vertices, by index */
} community_t;

static void *need(int64_t count, size_t size)
{
    void *block = calloc((size_t)(count > 0 ? count : 1), size);
    if (block == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    return block;
}

/** Members that two ascending rows share. */
static int shared(const int64_t *a, const int64_t *b, int k)
{
    int count = 0;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++)
            count += a[i] == b[j];
    return count;
}

/** All cliques that can be reached from one get its number. */
static void spread(const int64_t *rows, int64_t count, int k, int64_t from, int64_t number,
                   int64_t *queue, int64_t *community)
{
    int64_t head = 0;
    int64_t tail = 0;
    queue[tail++] = from;
    community[from] = number;
    while (head < tail) {
        const int64_t here = queue[head++];
        for (int64_t i = 0; i < count; i++)
            if (community[i] < 0 && shared(rows + here * k, rows + i * k, k) == k - 1) {
                community[i] = number;
                queue[tail++] = i;
            }
    }
}

/** The largest first, then by the smallest clique. */
static int compare(const void *x, const void *y)
{
    const community_t *a = x;
    const community_t *b = y;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    for (int i = 0; i < a->k; i++)
        if (a->smallest[i] != b->smallest[i])
            return a->smallest[i] < b->smallest[i] ? -1 : 1;
    return 0;
}

static void list(const oracle_t *oracle, const community_t *made, wanted_t *wanted)
{
    bool covered[ORACLE_MOST] = {false};
    for (int64_t c = 0; c < wanted->count; c++) {
        wanted->members += made[c].size;
        wanted->largest = made[c].size > wanted->largest ? made[c].size : wanted->largest;
    }
    wanted->member = need(2 * wanted->members, sizeof *wanted->member);
    int64_t *next = wanted->member;
    for (int64_t c = 0; c < wanted->count; c++)
        for (int v = 0; v < oracle->n; v++)
            if (made[c].in[v]) {
                *next++ = c;
                *next++ = oracle->id[v];
                wanted->covered += !covered[v];
                covered[v] = true;
            }
}

wanted_t wanted_communities(const oracle_t *oracle, int k)
{
    wanted_t wanted = {0};
    int64_t count = 0;
    int64_t *rows = oracle_list(oracle, k, &count);
    int64_t *queue = need(count, sizeof *queue);
    int64_t *community = need(count, sizeof *community);
    memset(community, 0xff, (size_t)count * sizeof *community);
    for (int64_t i = 0; i < count; i++)
        if (community[i] < 0)
            spread(rows, count, k, i, wanted.count++, queue, community);
    community_t *made = need(wanted.count, sizeof *made);
    for (int64_t i = 0; i < count; i++) {
        community_t *c = &made[community[i]];
        c->smallest = c->smallest == NULL ? rows + i * k : c->smallest; /* rows are in order */
        c->k = k;
        for (int m = 0; m < k; m++)
            for (int v = 0; v < oracle->n; v++)
                if (oracle->id[v] == rows[i * k + m] && !c->in[v]) {
                    c->in[v] = true;
                    c->size += 1;
                }
    }
    qsort(made, (size_t)wanted.count, sizeof *made, compare);
    list(oracle, made, &wanted);
    free(rows);
    free(queue);
    free(community);
    free(made);
    return wanted;
}
