/**
 * From the body of a text file to edges: pieces of whole lines are cut into parts, one a task of
 * the thread team, that write straight into the edge list. What a line means is the format's
 * business; where lines, parts and edges lie, and which bad line is the first one, is decided here.
 */
#ifndef GPH_IO_PARSE_H
#define GPH_IO_PARSE_H

#include "graph/edges.h"
#include "io/lines.h"

/** Consecutive whole lines, one task's share of a piece, and what came of them. */
typedef struct gph_part {
    const char *begin;         /**< first line */
    const char *end;           /**< behind the newline of the last one */
    int64_t lines;             /**< lines */
    int64_t items;             /**< lines that the format counts */
    int64_t bound;             /**< no more edges than that are in the part */
    int64_t first_item;        /**< items of the file before the part */
    gph_edge_t *edge;          /**< [bound] receives the edges */
    double *weight;            /**< [bound], or NULL for a graph without weights */
    int64_t count;             /**< edges received */
    int64_t entries;           /**< a sum that the format checks at the end */
    uint64_t check;            /**< a sum modulo 2^64 that the format checks at the end */
    int64_t bad_line;          /**< first bad line, from 1 within the part; 0: none */
    char bad[GPH_FAULT_CHARS]; /**< what is wrong with it */
} gph_part_t;

/** A line format. The functions run on several threads at once, one part each. */
typedef struct gph_parser {
    const void *format;                                  /**< handed to `parse` */
    void (*survey)(gph_part_t *part);                    /**< sets lines, items and bound */
    void (*parse)(const void *format, gph_part_t *part); /**< all the rest */
    bool weighted;                                       /**< edges have weights */
    bool counts_items; /**< `parse` needs first_item: known before a rank begins */
    double yield;      /**< edges to expect, as a part of the bound of `survey` */
} gph_parser_t;

/** Sums over the parts of all ranks. */
typedef struct gph_parsed {
    int64_t edges;
    int64_t items;
    int64_t lines; /**< of the body */
    int64_t entries;
    uint64_t check;
} gph_parsed_t;

/**
 * Parses the body of a file whose head has been taken and split. Collective.
 * @param lines  after gph_lines_split()
 * @param edges  receives count, edge and weight; owned by the caller also on failure
 * @param parsed receives the sums, the same on all ranks
 * @return GPH_ERR_INPUT with the first bad line of the file, the same on any number of ranks
 * Cost: memory of this rank's edges and some MiB a thread.
 */
gph_status_t gph_parse_body(gph_lines_t *lines, const gph_parser_t *parser, gph_edges_t *edges,
                            gph_parsed_t *parsed);

/** Survey of formats with at most one edge a line: counts lines, leaves items 0. */
void gph_survey_lines(gph_part_t *part);

/** Notes what is wrong with line `line` (from 1) of the part. */
void gph_part_fail(gph_part_t *part, int64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Notes why gph_scan_id() refused the token at `at`: "`what` '-1' is negative; `expected`". */
void gph_part_fail_id(gph_part_t *part, int64_t line, const char *at, bool commas, const char *what,
                      const char *expected);

/** Notes that the token at `at` is not a finite number. */
void gph_part_fail_number(gph_part_t *part, int64_t line, const char *at, bool commas,
                          const char *expected);

/** Fails with "PATH:LINE: …". Local. */
gph_status_t gph_fail_line(const gph_lines_t *lines, int64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * Sum of a hash over edges seen from the smaller end point, minus that seen from the larger: zero
 * when both list the same edges with the same weights. Local.
 * @param row,other the vertex whose row it is, and its neighbour; a loop gives 0
 */
uint64_t gph_symmetry_hash(int64_t row, int64_t other, double weight);

/** True in exactly one of the two rows that list an edge (a loop: in its own); evenly spread over
 *  rows, so that ranks with even rows keep even shares. Local. */
static inline bool gph_row_keeps(int64_t row, int64_t other)
{
    return ((row ^ other) & 1) != 0 ? row <= other : row >= other;
}

#endif
