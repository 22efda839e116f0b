/* Bottom-up levels of breadth-first search. */
#include "mp/bfs.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Words of bits that a thread takes at once. */
enum { WORDS = 16 };

static int64_t owned_words(const gph_bfs_t *bfs)
{
    return ((int64_t)bfs->graph->owned + 63) / 64;
}

static gph_status_t for_words(gph_bfs_t *bfs, gph_task_fn *task)
{
    return gph_team_run(bfs->graph->context, (owned_words(bfs) + WORDS - 1) / WORDS, task, bfs);
}

static int64_t task_end(const gph_bfs_t *bfs, int64_t task)
{
    return (task + 1) * WORDS < owned_words(bfs) ? (task + 1) * WORDS : owned_words(bfs);
}

static uint64_t bit_of(const uint64_t *bits, gph_lid_t v)
{
    return bits[v >> 6] >> (v & 63) & 1;
}

/* --- the frontier of other ranks ------------------------------------------------------------ */

static gph_status_t pack_range(void *data, int64_t begin, int64_t end, int thread)
{
    const gph_bfs_t *bfs = data;
    const gph_graph_t *graph = bfs->graph;
    const gph_lid_t *plan = graph->halo_send;
    int64_t first_word = 0;
    (void)thread;
    for (int r = 0; r < graph->context->ranks; ++r) {
        const int64_t count = graph->halo_send_count[r];
        for (int64_t w = begin > first_word ? begin - first_word : 0;
             w < bfs->send_words[r] && first_word + w < end; ++w) {
            const int64_t last = (w + 1) * 64 < count ? (w + 1) * 64 : count;
            uint64_t word = 0;
            for (int64_t i = w * 64; i < last; ++i)
                word |= bit_of(bfs->bits, plan[i]) << (i & 63);
            bfs->send[first_word + w] = word;
        }
        first_word += bfs->send_words[r];
        plan += count;
    }
    return GPH_OK;
}

/* Puts the bits of ghosts behind those of owned vertices. */
static void unpack(gph_bfs_t *bfs)
{
    const gph_graph_t *graph = bfs->graph;
    const uint64_t *word = bfs->recv;
    int64_t first = graph->owned;
    for (int r = 0; r < graph->context->ranks; ++r) {
        const int64_t at = first / 64;
        const int shift = (int)(first % 64);
        for (int64_t w = 0; w < bfs->recv_words[r]; ++w, ++word) {
            bfs->bits[at + w] |= *word << shift;
            if (shift > 0 && *word >> (64 - shift) != 0)
                bfs->bits[at + w + 1] |= *word >> (64 - shift);
        }
        first += graph->halo_recv_count[r];
    }
    for (int64_t w = owned_words(bfs); w < bfs->words; ++w)
        bfs->done[w] |= bfs->bits[w];
    if (graph->owned % 64 != 0) /* a word of both: its owned bits are done already */
        bfs->done[graph->owned / 64] |= bfs->bits[graph->owned / 64];
}

static gph_status_t exchange(gph_bfs_t *bfs)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = bfs->graph->context;
    int64_t words = 0;

    for (int r = 0; r < context->ranks; ++r)
        words += bfs->send_words[r];
    GPH_TRY(gph_team_ranges(context, words, 256, pack_range, bfs));
    GPH_TRY(gph_comm_exchange_known(context, sizeof *bfs->send, bfs->send, bfs->send_words,
                                    bfs->recv, bfs->recv_words));
    unpack(bfs);

cleanup:
    return status;
}

/* --- the level ------------------------------------------------------------------------------ */

/* True when v has a neighbour in the frontier: its first one becomes the parent. Rows ascend by
 * number, so that is the smallest. */
static bool find_parent(const gph_bfs_t *bfs, gph_lid_t v)
{
    const gph_graph_t *graph = bfs->graph;
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        const gph_lid_t u = graph->adjacent[i];
        if (bit_of(bfs->bits, u) == 0)
            continue;
        bfs->parent[v] = u;
        bfs->distance[v] = bfs->level + 1;
        return true;
    }
    return false;
}

static gph_status_t up_task(void *data, int64_t task, int thread)
{
    gph_bfs_t *bfs = data;
    int64_t reach = 0;
    int64_t degree = 0;
    (void)thread;
    for (int64_t w = task * WORDS; w < task_end(bfs, task); ++w) {
        uint64_t found = 0;
        for (uint64_t left = ~bfs->done[w]; left != 0; left &= left - 1) {
            const int bit = __builtin_ctzll(left);
            const gph_lid_t v = (gph_lid_t)(w * 64 + bit);
            if (v >= bfs->graph->owned)
                break;
            if (!find_parent(bfs, v))
                continue;
            found |= UINT64_C(1) << bit;
            reach += 1;
            degree += gph_mp_degree(bfs->graph, v);
        }
        bfs->next_bits[w] = found;
        bfs->done[w] |= found;
    }
    atomic_fetch_add_explicit(&bfs->reach, reach, memory_order_relaxed);
    atomic_fetch_add_explicit(&bfs->degree, degree, memory_order_relaxed);
    return GPH_OK;
}

gph_status_t gph_bfs_up(gph_bfs_t *bfs)
{
    gph_status_t status = GPH_OK;

    if (bfs->graph->context->ranks > 1)
        GPH_TRY(exchange(bfs));
    bfs->reach = 0;
    bfs->degree = 0;
    memset(bfs->next_bits + owned_words(bfs), 0,
           (size_t)(bfs->words - owned_words(bfs)) * sizeof *bfs->next_bits);
    GPH_TRY(for_words(bfs, up_task));
    uint64_t *old = bfs->bits;
    bfs->bits = bfs->next_bits;
    bfs->next_bits = old;
    bfs->front_count = bfs->reach;

cleanup:
    return status;
}

/* --- between the two forms ------------------------------------------------------------------ */

static gph_status_t bits_task(void *data, int64_t task, int thread)
{
    const gph_bfs_t *bfs = data;
    const gph_graph_t *graph = bfs->graph;
    (void)thread;
    for (int64_t w = task * WORDS; w < task_end(bfs, task); ++w) {
        const int64_t end = (w + 1) * 64 < graph->owned ? (w + 1) * 64 : graph->owned;
        uint64_t front = 0;
        uint64_t done = 0;
        for (int64_t v = w * 64; v < end; ++v) {
            const int32_t distance = bfs->distance[v];
            const bool lone = graph->offset[v] == graph->offset[v + 1];
            front |= (uint64_t)(distance == bfs->level) << (v & 63);
            done |= (uint64_t)(distance >= 0 || lone) << (v & 63);
        }
        bfs->bits[w] = front;
        bfs->done[w] = done;
    }
    return GPH_OK;
}

gph_status_t gph_bfs_to_bits(gph_bfs_t *bfs)
{
    const int64_t tail = (bfs->words - owned_words(bfs)) * (int64_t)sizeof *bfs->bits;
    memset(bfs->bits + owned_words(bfs), 0, (size_t)tail);
    memset(bfs->done + owned_words(bfs), 0, (size_t)tail);
    return for_words(bfs, bits_task);
}

static gph_status_t list_task(void *data, int64_t task, int thread)
{
    gph_bfs_t *bfs = data;
    gph_lid_t vertex[WORDS * 64];
    int64_t count = 0;
    (void)thread;
    for (int64_t w = task * WORDS; w < task_end(bfs, task); ++w)
        for (uint64_t left = bfs->bits[w]; left != 0; left &= left - 1)
            vertex[count++] = (gph_lid_t)(w * 64 + __builtin_ctzll(left));
    const int64_t at = atomic_fetch_add_explicit(&bfs->reach, count, memory_order_relaxed);
    memcpy(bfs->front + at, vertex, (size_t)count * sizeof *vertex);
    return GPH_OK;
}

gph_status_t gph_bfs_to_list(gph_bfs_t *bfs)
{
    const gph_lid_t owned = bfs->graph->owned;
    bfs->reach = 0;
    for (gph_lid_t g = owned; g < owned + bfs->graph->ghosts; ++g)
        if (bfs->distance[g] < 0 && bit_of(bfs->done, g) != 0)
            bfs->distance[g] = 0; /* its owner knows */
    return for_words(bfs, list_task);
}
