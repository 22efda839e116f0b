/*
 * Gzip output. The text is cut into pieces of fixed size whatever the ranks; a piece becomes one
 * gzip member, made by the rank that holds its first character. What that rank lacks at the end of
 * its last piece, the ranks after it send.
 */
#include "io/gzip.h"
#include "io/writers.h"
#include "par/comm.h"
#include "par/team.h"

#include <stdatomic.h>
#include <string.h>

/* Characters of a piece. */
#define PIECE (INT64_C(1) << 20)

/* Most compressed bytes kept from the measuring pass; what does not fit is compressed again. */
#define KEEP_MOST (INT64_C(64) << 20)

/* What a piece became. */
typedef struct member {
    int64_t at;       /**< size, then position in the file */
    int64_t size;     /**< bytes */
    const char *kept; /**< [size], or NULL: compress again */
} member_t;

/* Work space of one thread. */
typedef struct gzip_thread {
    gph_deflate_t *deflate;
    char *text;   /**< [PIECE] */
    char *packed; /**< [room] */
    int64_t room;
} gzip_thread_t;

typedef struct gzip_write {
    const gph_text_plan_t *plan;
    gph_outfile_t *file;
    int64_t begin;         /**< this rank's text in the whole */
    int64_t end;           /**< its end */
    int64_t first;         /**< first piece of this rank */
    int64_t pieces;        /**< its pieces */
    member_t *member;      /**< [pieces] */
    char *tail;            /**< end of the last piece, from higher ranks */
    int64_t tail_size;     /**< characters */
    gzip_thread_t *thread; /**< [threads] */
    char *kept;            /**< [keep_room] */
    int64_t keep_room;
    _Atomic int64_t keep_used;
} gzip_write_t;

static int64_t pieces_before(int64_t position)
{
    return position / PIECE + (position % PIECE != 0);
}

/* Puts the text of this rank in [begin, end) into buffer; returns the characters there are. */
static int64_t make_text(const gzip_write_t *gzip, int64_t begin, int64_t end, char *buffer)
{
    const gph_text_plan_t *plan = gzip->plan;
    gph_text_out_t out = {.begin = begin,
                          .end = end,
                          .buffer = buffer,
                          .room = end - begin,
                          .numbers = plan->numbers};
    int64_t low = 0;
    int64_t high = plan->chunks;

    while (high - low > 1) { // last chunk that begins at or before `begin`
        const int64_t middle = low + (high - low) / 2;
        if (plan->at[middle] <= begin)
            low = middle;
        else
            high = middle;
    }
    for (int64_t chunk = low; chunk < plan->chunks && plan->at[chunk] < end; ++chunk)
        gph_text_plan_put(plan, chunk, &out);
    return out.used;
}

/* --- the ends of pieces that span ranks ----------------------------------------------------- */

/* Rank that makes the piece in which `position` lies: the last one at or before its beginning. */
static int find_maker(const int64_t *begin, int ranks, int64_t position)
{
    const int64_t start = position / PIECE * PIECE;
    int maker = 0;

    for (int r = 0; r < ranks; ++r)
        if (begin[r] <= start && (r + 1 == ranks || begin[r + 1] > start))
            maker = r;
    return maker;
}

static gph_status_t make_front(gzip_write_t *gzip, const int64_t *begin, int64_t *send_count,
                               char **front)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = gzip->plan->context;
    const int64_t first = gzip->first * PIECE;
    const int64_t stop = first < gzip->end ? first : gzip->end;
    const int64_t size = stop > gzip->begin ? stop - gzip->begin : 0;

    GPH_TRY(gph_alloc(context->env, size, 1, front));
    if (size > 0) {
        make_text(gzip, gzip->begin, stop, *front);
        send_count[find_maker(begin, context->ranks, gzip->begin)] = size;
    }

cleanup:
    return status;
}

/* Sends what lies before this rank's first piece to the rank that makes that piece. */
static gph_status_t exchange_fronts(gzip_write_t *gzip)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = gzip->plan->context;
    int64_t *begin = NULL;
    int64_t *send_count = NULL;
    int64_t *recv_count = NULL;
    char *front = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, context->ranks, sizeof *begin, &begin));
    GPH_TRY_ALL(context, gph_calloc(context->env, context->ranks, sizeof *begin, &send_count));
    GPH_TRY_ALL(context, gph_calloc(context->env, context->ranks, sizeof *begin, &recv_count));
    GPH_TRY(gph_comm_gather_all(context, sizeof gzip->begin, &gzip->begin, begin));
    GPH_TRY_ALL(context, make_front(gzip, begin, send_count, &front));
    GPH_TRY(gph_comm_exchange(context, 1, front, send_count, &gzip->tail, recv_count));
    for (int r = 0; r < context->ranks; ++r)
        gzip->tail_size += recv_count[r];

cleanup:
    gph_free(front);
    gph_free(recv_count);
    gph_free(send_count);
    gph_free(begin);
    return status;
}

/* --- members -------------------------------------------------------------------------------- */

static gph_status_t compress(gzip_write_t *gzip, int64_t piece, gzip_thread_t *work, int64_t *size)
{
    const int64_t begin = (gzip->first + piece) * PIECE;
    const int64_t end = begin + PIECE < gzip->end ? begin + PIECE : gzip->end;
    int64_t used = make_text(gzip, begin, end, work->text);

    if (piece + 1 == gzip->pieces && gzip->tail_size > 0) {
        memcpy(work->text + used, gzip->tail, (size_t)gzip->tail_size);
        used += gzip->tail_size;
    }
    return gph_deflate_member(work->deflate, work->text, used, work->room, work->packed, size);
}

static gph_status_t measure_piece(void *data, int64_t piece, int thread)
{
    gzip_write_t *gzip = data;
    member_t *member = &gzip->member[piece];
    const gph_status_t status = compress(gzip, piece, &gzip->thread[thread], &member->size);

    if (status != GPH_OK)
        return status;
    const int64_t at = atomic_fetch_add(&gzip->keep_used, member->size);
    if (at <= gzip->keep_room - member->size) {
        memcpy(gzip->kept + at, gzip->thread[thread].packed, (size_t)member->size);
        member->kept = gzip->kept + at;
    }
    return GPH_OK;
}

static gph_status_t write_piece(void *data, int64_t piece, int thread)
{
    gzip_write_t *gzip = data;
    const member_t *member = &gzip->member[piece];
    const char *bytes = member->kept;

    if (bytes == NULL) {
        int64_t size = 0;
        const gph_status_t status = compress(gzip, piece, &gzip->thread[thread], &size);
        if (status != GPH_OK)
            return status;
        bytes = gzip->thread[thread].packed;
    }
    return gph_outfile_write(gzip->file, member->at, bytes, member->size);
}

/* Sizes of members become their positions in the file. */
static gph_status_t place_members(gzip_write_t *gzip)
{
    gph_status_t status = GPH_OK;
    int64_t mine = 0;
    int64_t at = 0;

    for (int64_t i = 0; i < gzip->pieces; ++i)
        mine += gzip->member[i].size;
    GPH_TRY(gph_comm_scan_i64(gzip->plan->context, 1, &mine, &at, NULL));
    for (int64_t i = 0; i < gzip->pieces; ++i) {
        gzip->member[i].at = at;
        at += gzip->member[i].size;
    }

cleanup:
    return status;
}

static gph_status_t allocate(gzip_write_t *gzip)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = gzip->plan->context;
    const int64_t spare = gph_mem_left(context->env) / 4;
    const int64_t text = gzip->pieces * PIECE;

    GPH_TRY(gph_calloc(context->env, gzip->pieces, sizeof *gzip->member, &gzip->member));
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *gzip->thread, &gzip->thread));
    for (int i = 0; i < context->threads; ++i) {
        gzip_thread_t *work = &gzip->thread[i];
        GPH_TRY(gph_deflate_open(context, &work->deflate));
        work->room = gph_deflate_bound(work->deflate, PIECE);
        GPH_TRY(gph_alloc(context->env, PIECE, 1, &work->text));
        GPH_TRY(gph_alloc(context->env, work->room, 1, &work->packed));
    }
    gzip->keep_room = KEEP_MOST < spare ? KEEP_MOST : spare;
    if (gzip->keep_room > text)
        gzip->keep_room = text;
    GPH_TRY(gph_alloc(context->env, gzip->keep_room, 1, &gzip->kept));

cleanup:
    return status;
}

static void release(gzip_write_t *gzip)
{
    for (int i = 0; gzip->thread != NULL && i < gzip->plan->context->threads; ++i) {
        gph_deflate_close(&gzip->thread[i].deflate);
        gph_free(gzip->thread[i].text);
        gph_free(gzip->thread[i].packed);
    }
    gph_free(gzip->thread);
    gph_free(gzip->member);
    gph_free(gzip->kept);
    gph_free(gzip->tail);
}

gph_status_t gph_write_gzip(const gph_text_plan_t *plan, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = plan->context;
    gzip_write_t gzip = {.plan = plan,
                         .file = file,
                         .begin = plan->at[0],
                         .end = plan->at[plan->chunks],
                         .first = pieces_before(plan->at[0])};

    atomic_init(&gzip.keep_used, 0);
    gzip.pieces = pieces_before(gzip.end) - gzip.first;
    GPH_TRY(exchange_fronts(&gzip));
    GPH_TRY_ALL(context, allocate(&gzip));
    GPH_TRY_ALL(context, gph_team_run(context, gzip.pieces, measure_piece, &gzip));
    GPH_TRY(place_members(&gzip));
    GPH_TRY_ALL(context, gph_team_run(context, gzip.pieces, write_piece, &gzip));

cleanup:
    release(&gzip);
    return status;
}
