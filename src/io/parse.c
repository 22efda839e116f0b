/* The engine of the text readers: parts, room for their edges, the first bad line. */
#include "io/parse.h"

#include "io/file.h"
#include "io/scan.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of text worth a task, and the most tasks a piece is cut into. */
#define PART_BYTES (INT64_C(256) << 10)
enum { PARTS_MOST = 64 };

/* State of one rank while it parses. */
typedef struct parse_run {
    gph_lines_t *lines;
    const gph_parser_t *parser;
    gph_edges_t *edges;
    int64_t capacity; /**< edges that fit */
    int64_t parts;    /**< of the piece at hand */
    gph_part_t *part; /**< [PARTS_MOST] */
    gph_parsed_t sum; /**< so far on this rank */
    int64_t bad_line; /**< first bad line, from 1 behind those before this rank's; 0: none */
    bool bad_stream;  /**< it is the stream that is bad, not a line of it */
    const char *bad;  /**< what is wrong */
} parse_run_t;

void gph_part_fail(gph_part_t *part, int64_t line, const char *format, ...)
{
    va_list list;

    part->bad_line = line;
    va_start(list, format);
    vsnprintf(part->bad, sizeof part->bad, format, list);
    va_end(list);
}

void gph_part_fail_id(gph_part_t *part, int64_t line, const char *at, bool commas, const char *what,
                      const char *expected)
{
    char reason[GPH_TOKEN_CHARS + 64];

    gph_explain_id(at, commas, what, reason, sizeof reason);
    gph_part_fail(part, line, "%s; %s", reason, expected);
}

void gph_part_fail_number(gph_part_t *part, int64_t line, const char *at, bool commas,
                          const char *expected)
{
    char token[GPH_TOKEN_CHARS];

    gph_part_fail(part, line, "'%s' is not a finite decimal number; %s",
                  gph_token_quote(at, commas, token), expected);
}

gph_status_t gph_fail_line(const gph_lines_t *lines, int64_t line, const char *format, ...)
{
    char text[GPH_FAULT_CHARS];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return gph_fail(lines->context->env, GPH_ERR_INPUT, "%s:%" PRId64 ": %s",
                    gph_path_shown(lines->path), line, text);
}

uint64_t gph_symmetry_hash(int64_t row, int64_t other, double weight)
{
    const int64_t low = row < other ? row : other;
    const int64_t high = row < other ? other : row;
    uint64_t bits = 0;

    if (row == other)
        return 0;
    memcpy(&bits, &weight, sizeof bits);
    // Multiplications by odd constants and shifts in turn (the finaliser of Stafford's Mix13).
    uint64_t hash = (uint64_t)low * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)high;
    hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9) + bits;
    hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
    hash ^= hash >> 31;
    return row < other ? hash : UINT64_C(0) - hash;
}

void gph_survey_lines(gph_part_t *part)
{
    part->lines = gph_count_newlines(part->begin, part->end - part->begin);
    part->bound = part->lines;
}

/* Cuts a piece into parts at line starts. */
static void cut_parts(parse_run_t *run, const gph_piece_t *piece)
{
    const char *end = piece->text + piece->size;
    const int64_t even = piece->size / PARTS_MOST + 1;
    const int64_t bytes = even > PART_BYTES ? even : PART_BYTES;
    const char *at = piece->text;

    run->parts = 0;
    while (at < end) {
        gph_part_t *part = &run->part[run->parts++];
        *part = (gph_part_t){.begin = at};
        at = end - at > bytes ? gph_next_line(at + bytes - 1, end) : end;
        part->end = at;
    }
}

static gph_status_t survey_task(void *data, int64_t task, int thread)
{
    parse_run_t *run = data;
    (void)thread;
    run->parser->survey(&run->part[task]);
    return GPH_OK;
}

static gph_status_t parse_task(void *data, int64_t task, int thread)
{
    parse_run_t *run = data;
    (void)thread;
    run->parser->parse(run->parser->format, &run->part[task]);
    return GPH_OK;
}

/* Makes room for `more` edges: at once for as many as the rest of the text seems to hold, because
 * growing later means copying. */
static gph_status_t make_room(parse_run_t *run, int64_t more)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = run->lines->context->env;
    const int64_t size = (int64_t)sizeof(gph_edge_t) + (run->parser->weighted ? 8 : 0);
    const int64_t need = run->edges->count + more;
    int64_t room = need;

    if (need <= run->capacity)
        return GPH_OK;
    const double likely = (double)run->edges->count + (double)more * run->parser->yield;
    const double expected = likely * gph_lines_outlook(run->lines) * 1.02 + (double)more;
    const int64_t most = gph_mem_left(env) / size;
    if (expected > (double)need && expected < (double)most)
        room = (int64_t)expected;
    GPH_TRY(gph_realloc(env, room, sizeof *run->edges->edge, &run->edges->edge));
    if (run->parser->weighted)
        GPH_TRY(gph_realloc(env, room, sizeof *run->edges->weight, &run->edges->weight));
    run->capacity = room;

cleanup:
    return status;
}

/* Gives each part its place in the edge list and in the count of items. */
static gph_status_t place_parts(parse_run_t *run)
{
    gph_status_t status = GPH_OK;
    int64_t items = run->sum.items;
    int64_t bound = 0;

    for (int64_t i = 0; i < run->parts; ++i)
        bound += run->part[i].bound;
    GPH_TRY(make_room(run, bound > 0 ? bound : 1));
    int64_t at = run->edges->count;
    for (int64_t i = 0; i < run->parts; ++i) {
        gph_part_t *part = &run->part[i];
        part->edge = run->edges->edge + at;
        part->weight = run->parser->weighted ? run->edges->weight + at : NULL;
        part->first_item = items;
        at += part->bound;
        items += part->items;
    }

cleanup:
    return status;
}

/* Closes the gaps between the edges of the parts and adds up what they found. */
static void collect_parts(parse_run_t *run)
{
    gph_edges_t *edges = run->edges;

    for (int64_t i = 0; i < run->parts && run->bad_line == 0; ++i) {
        const gph_part_t *part = &run->part[i];
        memmove(edges->edge + edges->count, part->edge, (size_t)part->count * sizeof *part->edge);
        if (part->weight != NULL)
            memmove(edges->weight + edges->count, part->weight,
                    (size_t)part->count * sizeof *part->weight);
        edges->count += part->count;
        run->sum.entries += part->entries;
        run->sum.check += part->check;
        if (part->bad_line > 0) {
            run->bad_line = run->sum.lines + part->bad_line;
            run->bad = part->bad;
        }
        run->sum.lines += part->lines;
        run->sum.items += part->items;
    }
}

/* Counts the lines and items of a piece that another rank parses, or will parse later. */
static void skip_parts(parse_run_t *run)
{
    for (int64_t i = 0; i < run->parts; ++i) {
        run->sum.lines += run->part[i].lines;
        run->sum.items += run->part[i].items;
    }
}

static gph_status_t take_piece(parse_run_t *run, const gph_piece_t *piece, bool parse)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = run->lines->context;

    cut_parts(run, piece);
    GPH_TRY(gph_team_run(context, run->parts, survey_task, run));
    if (parse) {
        GPH_TRY(place_parts(run));
        GPH_TRY(gph_team_run(context, run->parts, parse_task, run));
        collect_parts(run);
    } else {
        skip_parts(run);
    }

cleanup:
    return status;
}

/* Takes all pieces of this rank's body, up to the first bad line. */
static gph_status_t take_body(parse_run_t *run, bool parse)
{
    gph_status_t status = GPH_OK;
    gph_piece_t piece = {0};

    do {
        GPH_TRY(gph_lines_next(run->lines, &piece));
        if (piece.size > 0)
            GPH_TRY(take_piece(run, &piece, parse && piece.mine));
    } while (piece.size > 0 && run->bad_line == 0);
    if (run->bad_line == 0 && run->lines->fault[0] != '\0') {
        run->bad_line = run->sum.lines + 1;
        run->bad_stream = !run->lines->fault_in_line;
        run->bad = run->lines->fault;
    }

cleanup:
    return status;
}

/* Plain text: items before this rank's range. Bad lines are left for the second pass to find. */
static gph_status_t count_items(parse_run_t *run)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = run->lines->context;
    int64_t before = 0;

    GPH_TRY_ALL(context, take_body(run, false));
    GPH_TRY(gph_comm_scan_i64(context, 1, &run->sum.items, &before, NULL));
    run->sum = (gph_parsed_t){.items = before};
    run->bad_line = 0;
    gph_lines_rewind(run->lines);

cleanup:
    return status;
}

/* What ranks tell each other at the end. */
typedef struct verdict {
    gph_parsed_t sum;
    int64_t bad_line;
} verdict_t;

static gph_status_t report(const parse_run_t *run, int64_t line)
{
    if (run->bad_stream)
        return gph_fail(run->lines->context->env, GPH_ERR_INPUT, "%s: %s",
                        gph_path_shown(run->lines->path), run->bad);
    return gph_fail_line(run->lines, line, "%s", run->bad);
}

/* Finds the first bad line of the file; its rank reports it. With plain text, the ranks before the
 * first bad one have seen all their lines, so the line numbers are at hand. */
static gph_status_t judge(parse_run_t *run, const verdict_t *all, gph_parsed_t *total)
{
    const gph_context_t *context = run->lines->context;
    const bool plain = run->lines->gzip == NULL;
    gph_parsed_t sum = {0};
    int64_t first = INT64_MAX;
    int rank = -1;

    for (int r = 0; r < context->ranks; ++r) {
        const int64_t line = run->lines->head + all[r].bad_line + (plain ? sum.lines : 0);
        if (all[r].bad_line > 0 && line < first) {
            first = line;
            rank = r;
        }
        sum.edges += all[r].sum.edges;
        sum.entries += all[r].sum.entries;
        sum.check += all[r].sum.check;
        // With gzip every rank has seen every line; items of plain text are counted from the start.
        sum.lines = plain ? sum.lines + all[r].sum.lines : all[r].sum.lines;
        sum.items = all[r].sum.items;
    }
    if (rank == context->rank)
        return report(run, first);
    *total = sum;
    return GPH_OK;
}

static gph_status_t conclude(parse_run_t *run, gph_parsed_t *parsed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = run->lines->context;
    verdict_t mine = {.sum = run->sum, .bad_line = run->bad_line};
    verdict_t *all = NULL;
    gph_parsed_t total = {0};

    mine.sum.edges = run->edges->count;
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *all, &all));
    GPH_TRY(gph_comm_gather_all(context, sizeof mine, &mine, all));
    GPH_TRY_ALL(context, judge(run, all, &total));
    *parsed = total;

cleanup:
    gph_free(all);
    return status;
}

gph_status_t gph_parse_body(gph_lines_t *lines, const gph_parser_t *parser, gph_edges_t *edges,
                            gph_parsed_t *parsed)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = lines->context;
    parse_run_t run = {.lines = lines, .parser = parser, .edges = edges};

    GPH_TRY_ALL(context, gph_alloc(context->env, PARTS_MOST, sizeof *run.part, &run.part));
    if (parser->counts_items && lines->gzip == NULL)
        GPH_TRY(count_items(&run));
    GPH_TRY_ALL(context, take_body(&run, true));
    GPH_TRY_ALL(context, make_room(&run, 1)); // weights are not NULL on any rank
    GPH_TRY(conclude(&run, parsed));

cleanup:
    gph_free(run.part);
    return status;
}
