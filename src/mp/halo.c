/* Exchange of changed ghosts. */
#include "mp/halo.h"

#include "base/clock.h"
#include "par/comm.h"
#include "par/team.h"

#include <stdatomic.h>
#include <string.h>

/* Tag of these messages, and bytes of a header and of a place in the plan. */
enum { TAG = 23, HEADER = 8, PLACE = 4 };

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Where the message of rank r begins in a buffer of messages for entries at[…] of the plan. */
static int64_t place(const gph_mp_halo_t *halo, const int64_t *at, int r)
{
    return at[r] * halo->size + (int64_t)HEADER * r;
}

static int64_t entries(const int64_t *at, int r)
{
    return at[r + 1] - at[r];
}

/* Bytes of a message by its header: changed states × 2 + 1 when all states are in it. */
static int64_t message_bytes(const gph_mp_halo_t *halo, int64_t header, int64_t count)
{
    return HEADER + ((header & 1) != 0 ? count * halo->size : header / 2 * (PLACE + halo->size));
}

static gph_status_t make_buffers(gph_mp_halo_t *halo)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = halo->graph->context;
    gph_env_t *env = context->env;
    const int ranks = context->ranks;

    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *halo->send_at, &halo->send_at));
    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *halo->recv_at, &halo->recv_at));
    GPH_TRY(gph_calloc(env, ranks, sizeof *halo->send_bytes, &halo->send_bytes));
    GPH_TRY(gph_alloc(env, 2 * (int64_t)ranks, sizeof *halo->request, &halo->request));
    for (int r = 0; r < ranks; ++r) {
        halo->send_at[r + 1] = halo->send_at[r] + halo->graph->halo_send_count[r];
        halo->recv_at[r + 1] = halo->recv_at[r] + halo->graph->halo_recv_count[r];
    }
    GPH_TRY(gph_alloc(env, place(halo, halo->send_at, ranks), 1, &halo->send));
    GPH_TRY(gph_alloc(env, place(halo, halo->recv_at, ranks), 1, &halo->recv));

cleanup:
    return status;
}

gph_status_t gph_mp_halo_init(const gph_graph_t *graph, size_t size, const gph_lid_t *plan,
                              gph_mp_halo_t *halo)
{
    *halo = (gph_mp_halo_t){.graph = graph, .plan = plan, .size = (int64_t)size};
    return gph_comm_agree(graph->context, make_buffers(halo));
}

void gph_mp_halo_free(gph_mp_halo_t *halo)
{
    gph_free(halo->send_at);
    gph_free(halo->recv_at);
    gph_free(halo->send_bytes);
    gph_free(halo->send);
    gph_free(halo->recv);
    gph_free(halo->request);
    *halo = (gph_mp_halo_t){0};
}

/* --- packing -------------------------------------------------------------------------------- */

/** One message being packed. */
typedef struct packing {
    const unsigned char *old;
    const unsigned char *state;
    const unsigned char *changed;
    const gph_lid_t *plan; /* [entries] owned vertices, ascending */
    int64_t count;
    int64_t size;
    unsigned char *to;       /* behind the header */
    _Atomic int64_t changes; /* counted */
} packing_t;

static gph_status_t count_range(void *data, int64_t begin, int64_t end, int thread)
{
    packing_t *packing = data;
    int64_t changes = 0;
    (void)thread;
    for (int64_t i = begin; i < end; ++i)
        changes += packing->changed[packing->plan[i]];
    atomic_fetch_add_explicit(&packing->changes, changes, memory_order_relaxed);
    return GPH_OK;
}

static gph_status_t pack_range(void *data, int64_t begin, int64_t end, int thread)
{
    const packing_t *packing = data;
    const gph_lid_t *plan = packing->plan;
    const int64_t size = packing->size;
    (void)thread;
    if (packing->changes == packing->count && plan[end - 1] - plan[begin] == end - 1 - begin) {
        memcpy(packing->to + begin * size, packing->state + plan[begin] * size,
               (size_t)((end - begin) * size)); /* neighbours in memory */
        return GPH_OK;
    }
    for (int64_t i = begin; i < end; ++i) {
        const gph_lid_t v = plan[i];
        const unsigned char *from =
            (packing->changed[v] != 0 ? packing->state : packing->old) + v * size;
        if (size == 8) /* the usual size, without a call */
            memcpy(packing->to + i * 8, from, 8);
        else
            memcpy(packing->to + i * size, from, (size_t)size);
    }
    return GPH_OK;
}

/* Packs places and states of what changed: few, so one thread does it. */
static void pack_list(const packing_t *packing, int64_t count)
{
    const int64_t changes = packing->changes;
    unsigned char *states = packing->to + changes * PLACE;
    int64_t packed = 0;
    for (int64_t i = 0; i < count && packed < changes; ++i) {
        if (packing->changed[packing->plan[i]] == 0)
            continue;
        const uint32_t at = (uint32_t)i;
        memcpy(packing->to + packed * PLACE, &at, PLACE);
        memcpy(states + packed * packing->size, packing->state + packing->plan[i] * packing->size,
               (size_t)packing->size);
        packed += 1;
    }
}

/* Packs the message to rank r; its size goes to send_bytes. `as` tells of what. */
static gph_status_t pack(gph_mp_halo_t *halo, const packing_t *as, int r)
{
    gph_status_t status = GPH_OK;
    enum { GRAIN = 16384 };
    const gph_context_t *context = halo->graph->context;
    const int64_t count = entries(halo->send_at, r);
    unsigned char *message = halo->send + place(halo, halo->send_at, r);
    packing_t packing = {.old = as->old,
                         .state = as->state,
                         .changed = as->changed,
                         .plan = halo->plan + halo->send_at[r],
                         .count = count,
                         .size = halo->size,
                         .to = message + HEADER};
    GPH_TRY(gph_team_ranges(context, count, GRAIN, count_range, &packing));
    int64_t header = packing.changes * 2;
    if (packing.changes * (PLACE + halo->size) >= count * halo->size)
        header += 1;
    memcpy(message, &header, HEADER);
    if ((header & 1) != 0)
        GPH_TRY(gph_team_ranges(context, count, GRAIN, pack_range, &packing));
    else
        pack_list(&packing, count);
    halo->send_bytes[r] = message_bytes(halo, header, count);
    halo->changed += packing.changes;
    halo->bytes += halo->send_bytes[r];

cleanup:
    return status;
}

/* --- messages ------------------------------------------------------------------------------- */

static gph_status_t start_part(gph_mp_halo_t *halo, bool sends, int r, int64_t begin, int64_t bytes)
{
    gph_context_t *context = halo->graph->context;
    const int now = (int)least(bytes - begin, context->chunk);
    MPI_Request *request = &halo->request[halo->requests++];
    unsigned char *send = halo->send + place(halo, halo->send_at, r) + begin;
    unsigned char *recv = halo->recv + place(halo, halo->recv_at, r) + begin;
    if (sends)
        gph_phase_message(context, now);
    return sends ? gph_comm_check(context,
                                  MPI_Isend(send, now, MPI_BYTE, r, TAG, context->comm, request),
                                  "MPI_Isend")
                 : gph_comm_check(context,
                                  MPI_Irecv(recv, now, MPI_BYTE, r, TAG, context->comm, request),
                                  "MPI_Irecv");
}

gph_status_t gph_mp_halo_start(gph_mp_halo_t *halo, const unsigned char *old,
                               const unsigned char *state, const unsigned char *changed)
{
    gph_status_t status = GPH_OK;
    const packing_t as = {.old = old, .state = state, .changed = changed};
    const int ranks = halo->graph->context->ranks;

    halo->requests = 0;
    for (int r = 0; r < ranks; ++r)
        if (entries(halo->recv_at, r) > 0)
            GPH_TRY(start_part(halo, false, r, 0, HEADER + entries(halo->recv_at, r) * halo->size));
    for (int r = 0; r < ranks; ++r) {
        halo->send_bytes[r] = 0;
        if (entries(halo->send_at, r) == 0)
            continue;
        GPH_TRY(pack(halo, &as, r));
        GPH_TRY(start_part(halo, true, r, 0, halo->send_bytes[r]));
    }

cleanup:
    return status;
}

gph_status_t gph_mp_halo_poll(gph_mp_halo_t *halo)
{
    int done = 0;
    if (halo->requests == 0)
        return GPH_OK;
    return gph_comm_check(halo->graph->context,
                          MPI_Testall(halo->requests, halo->request, &done, MPI_STATUSES_IGNORE),
                          "MPI_Testall");
}

static gph_status_t wait_all(gph_mp_halo_t *halo)
{
    const int requests = halo->requests;
    halo->requests = 0;
    return gph_comm_check(halo->graph->context,
                          MPI_Waitall(requests, halo->request, MPI_STATUSES_IGNORE), "MPI_Waitall");
}

/* Moves what one MPI call can't count, part by part, once headers tell how much there is. */
static gph_status_t finish_long(gph_mp_halo_t *halo)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = halo->graph->context;
    int64_t begin = 0;
    do {
        begin += context->chunk;
        for (int r = 0; r < context->ranks; ++r) {
            const int64_t count = entries(halo->recv_at, r);
            int64_t header = 0;
            if (count == 0)
                continue;
            memcpy(&header, halo->recv + place(halo, halo->recv_at, r), HEADER);
            const int64_t bytes = message_bytes(halo, header, count);
            if (begin < bytes)
                GPH_TRY(start_part(halo, false, r, begin, bytes));
        }
        for (int r = 0; r < context->ranks; ++r)
            if (begin < halo->send_bytes[r])
                GPH_TRY(start_part(halo, true, r, begin, halo->send_bytes[r]));
        if (halo->requests == 0)
            break;
        GPH_TRY(wait_all(halo));
    } while (true);

cleanup:
    return status;
}

/* --- unpacking ------------------------------------------------------------------------------ */

/** States being copied. */
typedef struct copying {
    const unsigned char *from;
    unsigned char *to;
    int64_t size;
} copying_t;

static gph_status_t copy_range(void *data, int64_t begin, int64_t end, int thread)
{
    const copying_t *copying = data;
    const int64_t size = copying->size;
    (void)thread;
    memcpy(copying->to + begin * size, copying->from + begin * size,
           (size_t)((end - begin) * size));
    return GPH_OK;
}

/* Copies `count` states, by all threads where they are many. */
static gph_status_t copy_states(const gph_mp_halo_t *halo, int64_t count, const unsigned char *from,
                                unsigned char *to)
{
    enum { GRAIN = 16384 };
    copying_t copying = {from, to, halo->size};
    return gph_team_ranges(halo->graph->context, count, GRAIN, copy_range, &copying);
}

/* Unpacks the message of rank r into its ghosts, which lie in the order of the message. */
static gph_status_t unpack(const gph_mp_halo_t *halo, int r, const unsigned char *old,
                           unsigned char *state, unsigned char *changed)
{
    gph_status_t status = GPH_OK;
    const int64_t size = halo->size;
    const int64_t count = entries(halo->recv_at, r);
    const int64_t first = halo->graph->owned + halo->recv_at[r];
    const unsigned char *message = halo->recv + place(halo, halo->recv_at, r);
    int64_t header = 0;
    memcpy(&header, message, HEADER);
    message += HEADER;
    state += first * size;
    memset(changed + first, (int)(header & 1), (size_t)count);
    if ((header & 1) != 0)
        return copy_states(halo, count, message, state);
    if (old + first * size != state)
        GPH_TRY(copy_states(halo, count, old + first * size, state));
    const int64_t changes = header / 2;
    for (int64_t i = 0; i < changes; ++i) {
        uint32_t at = 0;
        memcpy(&at, message + i * PLACE, PLACE);
        memcpy(state + at * size, message + changes * PLACE + i * size, (size_t)size);
        changed[first + at] = 1;
    }

cleanup:
    return status;
}

gph_status_t gph_mp_halo_finish(gph_mp_halo_t *halo, const unsigned char *old, unsigned char *state,
                                unsigned char *changed)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(wait_all(halo));
    GPH_TRY(finish_long(halo));
    for (int r = 0; r < halo->graph->context->ranks; ++r)
        if (entries(halo->recv_at, r) > 0)
            GPH_TRY(unpack(halo, r, old, state, changed));

cleanup:
    return status;
}
